import type { Account } from '../lib/account/account.svelte';
import { changeOf } from '../lib/action/change';
import { Jobs } from '../lib/jobs/jobs.svelte';
import { JobsPage } from '../lib/jobs/page.svelte';
import { UndoStack } from '../lib/jobs/undo.svelte';
import type { BulkMenu, TagUse } from '../lib/action/menus';
import { ConversationList } from '../lib/conversation/list.svelte';
import { fixedBy } from '../lib/conversation/row';
import { Selection } from '../lib/conversation/selection.svelte';
import { type Sort, sortOf } from '../lib/conversation/sort';
import { Views } from '../lib/conversation/views.svelte';
import { Filter } from '../lib/filter/filter.svelte';
import { asksForText } from '../lib/filter/terms';
import type { Host } from '../lib/host/host';
import type { AppEvent, ChangeView, JobView, Row, SelectionSummary, SelectionView, ViewItem } from '../lib/host/types';
import { Drafts } from '../lib/thread/drafts.svelte';
import type { NewReply, Replied } from '../lib/thread/reply';
import { OpenThread } from '../lib/thread/thread.svelte';
import type { Announcer } from '../lib/ui/announcer.svelte';
import { gathered, Latest } from '../lib/ui/later';
import type { Writes } from '../lib/words/writes';
import { attempt } from './attempt';
import { Conversation } from './conversation';
import { Cursor } from './cursor.svelte';
import { OpenPlan } from './open-plan.svelte';
import { Results } from './results';

/** The main window of one account: what is filtered, selected and open, and what the actions on it do. */
export class Inbox {
  readonly #host: Host;
  /** Whether the next conversation opens when one is finished. */
  readonly #goesOn: () => boolean;
  readonly #announcer: Announcer;
  readonly account: Account;
  readonly list: ConversationList;
  readonly selection = new Selection();
  readonly filter: Filter;
  readonly thread: OpenThread;
  readonly jobs: Jobs;
  readonly page: JobsPage;
  readonly undo: UndoStack;
  readonly drafts: Drafts;
  readonly views: Views;
  readonly cursor: Cursor;
  readonly conversation: Conversation;
  readonly planning: OpenPlan;
  readonly #summaries = new Latest();
  readonly #changed = gathered(120, () => this.#reread());
  readonly #stateChanged = gathered(40, () => this.#readState());
  readonly #results: Results;
  #pointerInList = false;
  #summary = $state.raw<SelectionSummary | null>(null);
  /** The jobs page stands where list and thread otherwise do. */
  #inJobs = $state(false);
  /** The thread was opened from the jobs page: closing it leads back there. */
  #cameFromJobs = false;
  menu = $state<BulkMenu | null>(null);

  readonly summary = $derived(this.#summary);
  readonly plan = $derived.by(() => this.planning.plan);
  readonly inJobs = $derived(this.#inJobs);
  readonly me = $derived.by(() => this.account.state?.me ?? null);
  readonly mayReply = $derived(this.me?.mayReply ?? false);
  readonly mayChange = $derived(this.me?.mayChange ?? false);
  readonly mayNote = $derived.by(
    () => !this.isFile && (this.me?.mayNote ?? false) && (this.account.state?.can.notes ?? false),
  );
  readonly isFile = $derived.by(() => this.account.isFile);
  readonly selected = $derived.by(() => this.selection.count(this.list.total ?? 0));
  readonly fixed = $derived.by(() => fixedBy(this.filter.terms));
  readonly sort = $derived.by(() => sortOf(this.filter.terms));
  /** The sidebar line whose filter this is. */
  readonly view = $derived.by(() => {
    const { sidebar } = this.account;
    const applied = this.filter.applied;
    if (sidebar === null) return null;
    return (
      [...sidebar.mine, ...sidebar.everything, ...sidebar.saved, ...sidebar.teams, ...sidebar.tags].find(
        (one) => one.filter === applied,
      ) ?? null
    );
  });
  /** The ticked rows, where they are few enough to be listed one by one. */
  readonly picked = $derived.by(() =>
    this.selection.isAll || this.selection.ids.length > 5
      ? []
      : this.list.rows.filter((row) => this.selection.has(row.id)),
  );
  readonly tagUse = $derived.by<TagUse>(() => {
    const rows = this.selection.isAll ? [] : this.list.rows.filter((row) => this.selection.has(row.id));
    const known = rows.length > 0 && rows.length === this.selection.ids.length;
    return { total: this.selected, of: (tag) => (known ? rows.filter((row) => row.tags.includes(tag)).length : null) };
  });

  constructor(
    host: Host,
    account: Account,
    announcer: Announcer,
    { now, goesOn }: { now: () => number; goesOn: () => boolean },
  ) {
    this.#goesOn = goesOn;
    this.#host = host;
    this.#announcer = announcer;
    this.account = account;
    this.list = new ConversationList(host, account.id);
    this.cursor = new Cursor(this.list);
    this.filter = new Filter(host, account.id, (text) => void this.#show(text));
    this.thread = new OpenThread(host, account.id);
    this.conversation = new Conversation(host, account.id, this.thread, announcer, (job) => {
      this.#results.began(job);
      this.undo.did(job);
    });
    this.drafts = new Drafts(host, account.id);
    this.views = new Views(host, account.id, announcer);
    this.jobs = new Jobs(host, account.id);
    this.page = new JobsPage(host, account.id, announcer, { now, job: (job) => this.#results.began(job) });
    this.undo = new UndoStack(host, account.id, announcer, {
      job: (job) => this.#results.began(job),
      takenBack: (conversation, draft) => this.#takenBack(conversation, draft),
    });
    this.#results = new Results({ jobs: this.jobs, page: this.page, undo: () => this.undo, announcer });
    this.planning = new OpenPlan(host, account.id, this.jobs, announcer);
  }

  async start(): Promise<void> {
    await Promise.all([
      this.account.refresh(),
      this.account.refreshSidebar(),
      this.jobs.refresh().catch(() => undefined),
    ]);
    this.undo.seed(this.jobs.jobs);
    this.#sayRenewed();
    const first = this.account.sidebar?.mine[0];
    if (this.filter.applied === '') this.filter.show(first?.filter ?? 'is:active');
    else await this.#reread();
  }

  /** The window shows another account, or none: nothing is read for this one any more. */
  close(): void {
    this.#changed.stop();
    this.#stateChanged.stop();
    this.#results.close();
  }

  onevent(event: AppEvent): void {
    if (event.type === 'accountsChanged') {
      // Also sent when events were lost: everything is read again.
      this.#changed.call();
      this.#stateChanged.call();
      void this.jobs.refresh().catch(() => undefined);
      void this.page.refresh();
      void this.thread.refresh();
    }
    if (!('account' in event) || event.account !== this.account.id) return;
    if (event.type === 'stateChanged') this.#stateChanged.call();
    else if (event.type === 'viewsChanged') void this.account.refreshSidebar();
    else if (event.type === 'conversationsChanged') {
      this.#changed.call();
      if (this.thread.id !== null && (event.ids?.includes(this.thread.id) ?? true)) void this.thread.refresh();
    } else if (event.type === 'threadChanged' && event.id === this.thread.id) void this.thread.refresh();
    else if (event.type === 'jobChanged') this.#results.changed(event.job);
    else if (event.type === 'navigate') this.go(event.id);
  }

  // -- the list ------------------------------------------------------------------------------------

  openView(view: ViewItem): void {
    this.#inJobs = false;
    this.#cameFromJobs = false;
    this.filter.show(view.filter);
  }

  /** One of the standard views. */
  openViewOf(key: string): void {
    const { sidebar } = this.account;
    const view = sidebar && [...sidebar.mine, ...sidebar.everything].find((one) => one.key === key);
    if (view) this.openView(view);
  }

  /** What was typed into the palette becomes the filter. */
  search(filter: string): void {
    this.#inJobs = false;
    this.#cameFromJobs = false;
    void this.filter.set(filter);
  }

  setSort(sort: Sort): void {
    const terms = this.filter.terms.map((term) => term.text).filter((text) => !text.startsWith('sort:'));
    void this.filter.set([...terms, sort.term].filter(Boolean).join(' '));
  }

  hold(inList: boolean): void {
    this.#pointerInList = inList;
    if (!inList && this.selection.isEmpty) this.list.release();
  }

  move(by: 1 | -1, extend = false): void {
    const { ids } = this.list;
    const next = this.cursor.step(by, this.thread.id);
    if (next === undefined) return;
    if (extend) {
      const start = this.cursor.at ?? next;
      if (!this.selection.has(start)) this.selection.toggle(start);
      this.selection.extend(next, ids);
    }
    this.cursor.set(next, true);
    if (ids.length - ids.indexOf(next) < 10) void this.list.more();
  }

  tick(row: Row, range: boolean, ring = false): void {
    this.cursor.set(row.id, ring);
    if (range) this.selection.extend(row.id, this.list.ids);
    else this.selection.toggle(row.id);
    if (this.selection.isEmpty) this.#letGo();
  }

  tickCursor(): void {
    const row = this.list.row(this.cursor.at);
    if (row) this.tick(row, false, true);
  }

  /** The box above the list: completes a part to everything shown, and clears what is complete. */
  toggleShown(): void {
    const complete = this.selection.isAll || this.list.ids.every((id) => this.selection.has(id));
    if (complete) this.clearSelection();
    else this.selection.selectShown(this.list.ids);
  }

  selectAllMatching(): void {
    this.selection.selectAllMatching(this.filter.applied);
  }

  clearSelection(): void {
    this.selection.clear();
    this.menu = null;
    this.#letGo();
  }

  async readSummary(): Promise<void> {
    const ticket = this.#summaries.begin();
    if (this.selection.isEmpty) {
      this.#summary = null;
      return;
    }
    try {
      const summary = await this.#host.call('selection_summary', {
        account: this.account.id,
        selection: this.selection.wire(),
      });
      if (this.#summaries.is(ticket)) this.#summary = summary;
    } catch {
      if (this.#summaries.is(ticket)) this.#summary = null;
    }
  }

  // -- one conversation ----------------------------------------------------------------------------

  open(row: Row): void {
    this.list.markSeen(row);
    this.cursor.set(row.id, false);
    this.go(row.id);
  }

  go(id: string): void {
    this.cursor.set(id);
    this.menu = null;
    if (this.plan) void this.planning.leave();
    this.#inJobs = false;
    this.#cameFromJobs = false;
    void this.thread.open(id);
  }

  closeThread(): void {
    this.thread.close();
    if (this.#cameFromJobs) this.showJobs();
  }

  /** A reply that marks as Done ends the work here: the next conversation opens. */
  async reply(reply: NewReply): Promise<Replied> {
    const id = this.thread.id;
    const next = reply.done && id !== null ? this.#after(id) : null;
    const replied = await this.conversation.reply(reply);
    if (replied.sent && id !== null) await this.#advance(id, next);
    return replied;
  }

  // -- acting --------------------------------------------------------------------------------------

  /** On the selection, or on the open conversation while nothing is selected. */
  async act(change: ChangeView): Promise<void> {
    this.menu = null;
    const selection = this.#target();
    if (selection === null) return;
    const one = this.selection.isEmpty && change.status !== null ? this.thread.id : null;
    const next = one === null ? null : this.#after(one);
    const acted = await this.#try(() => this.#host.call('act', { account: this.account.id, selection, change }));
    if (acted?.plan) this.planning.open(acted.plan, acted.plan.name || 'Change');
    else if (acted?.job) {
      await this.#confirmed(acted.job);
      if (one !== null) await this.#advance(one, next);
    }
  }

  async massReply(): Promise<void> {
    if (this.selection.isEmpty || !this.mayReply) return;
    const request = { account: this.account.id, selection: this.selection.wire(), change: changeOf({}), reply: '' };
    const view = await this.#try(() => this.#host.call('plan', request));
    if (view) this.planning.open(view, 'Mass reply');
  }

  async planConfirmed(job: string): Promise<void> {
    this.planning.confirmed();
    this.clearSelection();
    await this.#confirmed(job);
  }

  // -- jobs ----------------------------------------------------------------------------------------

  showJobs(job: string | null = null): void {
    this.clearSelection();
    this.thread.close();
    this.#inJobs = true;
    this.#cameFromJobs = false;
    if (job !== null) void this.page.openJob(job);
  }

  leaveJobs(): void {
    this.#inJobs = false;
  }

  goFromJobs(conversation: string): void {
    this.go(conversation);
    this.#cameFromJobs = true;
  }

  /** A job, or a reply, that has not left yet. */
  async takeBack(id: string): Promise<void> {
    const detail = await this.#try(() => this.#host.call('job', { account: this.account.id, job: id }));
    if (detail) await this.undo.stop(detail.job);
  }

  /** To exactly those who received it. */
  async writeAgain(job: JobView): Promise<void> {
    const view = await this.#try(() => this.#host.call('write_again', { account: this.account.id, job: job.id }));
    if (view) this.planning.open(view, `Follow up on ${job.name}`);
  }

  async openSavedPlan(job: JobView): Promise<void> {
    const view = await this.#try(() => this.#host.call('open_saved_plan', { account: this.account.id, job: job.id }));
    if (view) this.planning.open(view, job.title || 'Plan');
  }

  async undoLast(): Promise<void> {
    await this.undo.undo(this.jobs.held);
  }

  async redoLast(): Promise<void> {
    await this.undo.redo();
  }

  async tryNow(): Promise<void> {
    await this.#try(() => this.account.tryNow());
  }

  // -- inside --------------------------------------------------------------------------------------

  async #confirmed(id: string): Promise<void> {
    this.jobs.follow(id);
    await this.#try(() => this.jobs.refresh());
    const known = this.jobs.jobs.find((one) => one.id === id);
    if (!known) return;
    this.undo.did(known);
    this.#results.changed(known);
  }

  /** Its draft is there again, and so is the conversation in which it is written. */
  #takenBack(conversation: string, draft: Writes): void {
    void this.drafts.takeBack(conversation, draft);
    if (this.thread.id === conversation) void this.thread.refresh();
    else if (!this.#inJobs) this.go(conversation);
    this.#stateChanged.call();
  }

  /** The conversations to go on with after this one, nearest first; `null` where it is not in the list. */
  #after(id: string): string[] | null {
    const { ids } = this.list;
    const at = this.#cameFromJobs ? -1 : ids.indexOf(id);
    return at < 0 ? null : [...ids.slice(at + 1), ...ids.slice(0, at).reverse()];
  }

  /** Goes on with the next conversation, where what was done took the open one out of the list. */
  async #advance(done: string, next: string[] | null): Promise<void> {
    if (next === null || !this.#goesOn()) return;
    // An event may have asked anew meanwhile: what the list shows then is not yet what was done.
    for (let tries = 0; tries < 5 && !(await this.list.refresh(this.#isHeld())); tries += 1);
    const isLeft = (id: string) => this.list.row(id) !== undefined && !this.list.isLeaving(id);
    if (isLeft(done) || this.thread.id !== done || !this.selection.isEmpty) return;
    const row = this.list.row(next.find(isLeft) ?? null);
    if (!row) return this.closeThread();
    this.list.markSeen(row);
    this.go(row.id);
  }

  #target(): SelectionView | null {
    if (!this.selection.isEmpty) return this.selection.wire();
    return this.thread.id === null ? null : { ids: [this.thread.id], filter: null, except: [] };
  }

  #isHeld(): boolean {
    const busy = this.#pointerInList || !this.selection.isEmpty;
    return busy && this.list.rows.length > 0 && !(this.account.state?.sync.first ?? false);
  }

  #letGo(): void {
    if (!this.#pointerInList) this.list.release();
  }

  async #show(text: string): Promise<void> {
    this.cursor.set(null);
    this.menu = null;
    const before = this.#shown;
    this.#shown = text;
    void this.thread.seek(asksForText(this.filter.terms) ? text : '');
    if (this.selection.clear()) {
      this.#announcer.say('Selection cleared', {
        action: {
          label: 'Undo',
          run: () => {
            this.filter.show(before);
            this.selection.restore();
          },
        },
      });
    }
    await this.list.show(text);
  }
  #shown = '';

  async #readState(): Promise<void> {
    const { health: before, connection: was } = this.account.state ?? {};
    await this.account.refresh();
    this.#sayRenewed();
    const isBack = was?.state !== 'online' && this.account.state?.connection.state === 'online';
    // What could not be fetched is asked for again.
    if (isBack && this.thread.view?.complete === false) void this.thread.refresh();
    // The keychain was unlocked, the disk has room again: there is something to show now.
    if (before !== 'ready' && this.account.state?.health === 'ready') await this.start();
  }

  /** The copy was damaged and everything is fetched again: said once. */
  #sayRenewed(): void {
    const remark = this.account.state?.sync.remark ?? null;
    if (remark !== null && !this.#isRenewalSaid) this.#announcer.say(remark);
    this.#isRenewalSaid = remark !== null;
  }
  #isRenewalSaid = false;

  async #reread(): Promise<void> {
    await Promise.all([
      this.list.refresh(this.#isHeld()).then(() => this.cursor.keep()),
      this.account.refreshSidebar(),
      this.list.rows.length === 0 ? this.filter.recheck() : undefined,
      this.readSummary(),
    ]);
  }

  #try<Answer>(run: () => Promise<Answer>): Promise<Answer | null> {
    return attempt(this.#announcer, run);
  }
}

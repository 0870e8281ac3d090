import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { Files } from '../compose/files.svelte';
import { isOpen } from '../compose/approved';
import { piecesOf, withFallback } from '../compose/merge';
import { missing, type Sending, sendingOf, wireOf } from '../compose/sending';
import { Snippets } from '../compose/snippets.svelte';
import { asUiError, type Host } from '../host/host';
import type { ApprovedView, ChangeView, JobView, PlanView, Recipient, UiError } from '../host/types';
import { count } from '../ui/format';
import { debounced, gathered, Latest } from '../ui/later';
import { changeOf } from './change';
import { Recipients } from './recipients.svelte';
import { SpotCheck } from './spot.svelte';

/** What the people column shows: everybody, the ten to skim, or the fields that are to be filled in. */
export type Panel = 'people' | 'spot' | 'fill';

/**
 * A plan on its page: the audience is frozen, everything else can be edited, and every figure follows each edit. Nothing leaves before
 * `confirm`, and `confirm` names exactly the revision and the number that stood on the button.
 */
export class Plan {
  readonly #host: Host;
  readonly #edits = new Latest();
  readonly #later = debounced(200, () => void this.#send());
  readonly #looks = gathered(400, () => this.#look());
  readonly #dropped: SvelteSet<string>;
  readonly #leftOut: SvelteSet<string>;
  readonly #fills = new SvelteMap<string, { id: string; tag: string; value: string }>();
  #view = $state.raw<PlanView>() as PlanView;
  #dirty = $state(false);
  #error = $state.raw<UiError | null>(null);
  #conflict = $state<string | null>(null);
  #busy = $state(false);
  #more = $state(0);
  #tested = $state<string | null>(null);
  #toFill = $state.raw<Recipient[]>([]);
  /** Counts edits, so that an answer to an old one is not taken for the newest. */
  #edit = 0;
  #named = false;
  readonly #change: ChangeView;
  #sending = $state.raw<Sending>() as Sending;

  readonly isReply: boolean;
  readonly recipients: Recipients;
  readonly spot: SpotCheck;
  readonly files: Files;
  readonly snippets: Snippets;
  text = $state('');
  done = $state(false);
  name = $state('');
  typed = $state('');
  once = $state(false);
  /** What goes where WhatsApp's window is closed. */
  approved = $state.raw<ApprovedView | null>(null);
  panel = $state<Panel>('people');
  /** The merge tag whose fallback is wanted: the editor goes there. */
  wanted = $state<string | null>(null);
  /** Rises when an approved text is wanted: the choice of one takes the focus. */
  wantsApproved = $state(0);

  readonly view = $derived(this.#view);
  readonly sending = $derived(this.#sending);
  readonly error = $derived.by(() => this.#error ?? this.recipients.error);
  /** Why the plan has to be looked at again. */
  readonly conflict = $derived(this.#conflict);
  readonly isBusy = $derived(this.#busy);
  /** So many match now that did not when the audience was frozen. */
  readonly more = $derived(this.#more);
  /** Where a test went. */
  readonly tested = $derived(this.#tested);
  readonly toFill = $derived(this.#toFill);
  readonly change = $derived.by(() => this.#changeNow());
  readonly isDestructive = $derived.by(
    () => !this.isReply && (this.#change.delete || this.#change.block || this.#change.status === 'archived'),
  );
  readonly isTyped = $derived.by(() => {
    const wanted = this.#view.typeToConfirm;
    if (wanted === null) return true;
    return (/^\d+$/.test(wanted) ? this.typed.replace(/[\s,.’']/g, '') : this.typed.trim()) === wanted;
  });
  readonly ready = $derived.by(
    () =>
      this.#view.count > 0 &&
      this.isTyped &&
      !this.#dirty &&
      !this.#busy &&
      !this.files.isReading &&
      this.#view.scheduleError === null &&
      missing(this.#sending) === null &&
      (!this.isReply || this.#isWritten()),
  );

  constructor(host: Host, account: string, view: PlanView) {
    this.#host = host;
    this.#view = view;
    this.#change = view.change;
    this.isReply = view.reply !== null;
    this.#dropped = new SvelteSet(view.drop);
    this.#leftOut = new SvelteSet(view.leaveOut);
    for (const fill of view.fills) this.#fills.set(`${fill.id} ${fill.tag}`, fill);
    this.text = view.reply ?? '';
    this.done = view.change.status === 'done';
    this.name = view.name;
    this.once = view.oncePerPerson;
    this.approved = view.approved;
    this.#sending = sendingOf(view.sending);
    this.files = new Files(host, account, view.files);
    this.snippets = new Snippets(host, account);
    this.recipients = new Recipients(host, () => this.#view.plan, this.isReply);
    this.spot = new SpotCheck(host, () => this.#view.plan);
    void this.recipients.refresh();
  }

  // -- editing -------------------------------------------------------------------------------------

  /** Takes or drops a whole group of recipients. */
  toggleGroup(verdict: string): void {
    if (!this.#dropped.delete(verdict)) this.#dropped.add(verdict);
    this.edited();
  }

  toggleLeftOut(id: string): void {
    if (!this.#leftOut.delete(id)) this.#leftOut.add(id);
    this.edited();
  }

  filled(id: string, tag: string): string {
    return this.#fills.get(`${id} ${tag}`)?.value ?? '';
  }

  /** A value for one recipient where a merge tag has none. */
  fill(id: string, tag: string, value: string): void {
    if (value.trim() === '') this.#fills.delete(`${id} ${tag}`);
    else this.#fills.set(`${id} ${tag}`, { id, tag, value });
    this.edited();
  }

  /** Tells the engine after a short rest; until its answer the button is off, for its number would be old. */
  edited(): void {
    this.#dirty = true;
    this.#edit += 1;
    this.#conflict = null;
    this.#tested = null;
    this.#later.call();
  }

  send(part: Partial<Sending>): void {
    this.#sending = { ...this.#sending, ...part };
    this.edited();
  }

  /** Chooses an approved text, or fills a gap of it. */
  approve(chosen: ApprovedView | null): void {
    this.approved = chosen;
    this.edited();
  }

  rename(): void {
    this.#named = true;
    this.edited();
  }

  /** Writes the cheaper character in place of the one that makes SMS longer. */
  fixSms(): void {
    const fix = this.#view.smsFix;
    if (fix === null) return;
    this.text = this.text.replaceAll(fix.find, fix.replace);
    this.edited();
  }

  // -- remedies ------------------------------------------------------------------------------------

  /** Lists who misses a value, with a field each. They stay listed while values are typed. */
  async openFill(verdict: string): Promise<void> {
    try {
      const { people } = await this.#host.call('plan_people', {
        plan: this.#view.plan,
        verdict,
        offset: 0,
        limit: 500,
      });
      this.#toFill = people.filter((person) => person.missing.length > 0);
      this.panel = 'fill';
    } catch (thrown) {
      this.#error = asUiError(thrown);
    }
  }

  /** The editor asks what stands in for the first tag that has nothing to fall back on. */
  async wantFallback(verdict: string): Promise<void> {
    const page = await this.#host
      .call('plan_people', { plan: this.#view.plan, verdict, offset: 0, limit: 50 })
      .catch(() => null);
    const missed = new Set(page?.people.flatMap((person) => person.missing.map((field) => field.tag)));
    const open = piecesOf(this.text).filter((piece) => piece.tag !== null && piece.fallback === null);
    this.wanted = (open.find((piece) => missed.has(piece.tag ?? '')) ?? open[0])?.tag ?? null;
  }

  /** Sets what stands in, wherever the tag is used. */
  setFallback(tag: string, fallback: string): void {
    for (const piece of piecesOf(this.text).toReversed())
      if (piece.tag === tag) this.text = withFallback(this.text, piece, fallback);
    this.edited();
  }

  async openSpot(): Promise<void> {
    this.panel = 'spot';
    await this.#flush();
    await this.spot.read();
  }

  /** Sends the shown recipient's message to the agent who asks. */
  async test(): Promise<void> {
    const id = this.recipients.shown?.id;
    if (id === undefined || this.#busy) return;
    await this.#while(async () => {
      await this.#flush();
      const { message } = await this.#host.call('plan_test', { plan: this.#view.plan, id });
      this.#tested = message;
    });
  }

  // -- the audience --------------------------------------------------------------------------------

  /** Something changed in the list: does more match now? */
  lookAgain(): void {
    if (this.#view.filter !== null) this.#looks.call();
  }

  async addMore(): Promise<void> {
    await this.#while(async () => {
      this.#take(await this.#host.call('plan_add_more', { plan: this.#view.plan }));
      this.#more = 0;
      await this.recipients.refresh();
    });
  }

  // -- ends ----------------------------------------------------------------------------------------

  /** Answers the job, or null when there is something to look at first. */
  async confirm(): Promise<string | null> {
    if (!this.ready) return null;
    const { plan, revision, count: seen } = this.#view;
    return this.#while(async () => {
      const answer = await this.#host.call('confirm', { plan, revision, count: seen });
      if (answer.conflict) {
        this.#conflict = `The plan changed meanwhile: it was ${count(seen)}, it is ${count(answer.conflict.count)} now. Look again.`;
        this.typed = '';
        this.#view = answer.conflict;
        void this.recipients.refresh();
      }
      return answer.job;
    });
  }

  /** Keeps the plan as a draft among the jobs. */
  save(): Promise<JobView | null> {
    return this.#while(async () => {
      await this.#flush();
      return this.#host.call('save_plan', { plan: this.#view.plan });
    });
  }

  /** Whether leaving would lose something that was written. */
  get isWorthKeeping(): boolean {
    return this.isReply && this.#edit > 0 && this.text.trim() !== '';
  }

  discard(): void {
    this.#later.cancel();
    void this.#host.call('discard_plan', { plan: this.#view.plan }).catch(() => undefined);
  }

  // -- inside --------------------------------------------------------------------------------------

  async #while<Answer>(run: () => Promise<Answer>): Promise<Answer | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#error = null;
    try {
      return await run();
    } catch (thrown) {
      this.#error = asUiError(thrown);
      return null;
    } finally {
      this.#busy = false;
    }
  }

  /** Whether everybody gets something: where all get the approved text, nothing has to be written besides. */
  #isWritten(): boolean {
    const others = this.#view.groups.some(({ verdict, included }) => included && verdict !== 'approved_text');
    const filled = this.approved === null || !isOpen(this.approved);
    return (
      (this.text.trim() !== '' || (this.approved !== null && !others)) && filled && this.#view.unknownTags.length === 0
    );
  }

  #changeNow(): ChangeView {
    return this.isReply ? changeOf({ ...this.#change, status: this.done ? 'done' : null, until: null }) : this.#change;
  }

  #take(view: PlanView): void {
    if (view.typeToConfirm !== this.#view.typeToConfirm) this.typed = '';
    // A name that was not typed follows what the plan does.
    if (!this.#named) this.name = view.name;
    this.#view = view;
    this.#error = null;
  }

  async #flush(): Promise<void> {
    this.#later.cancel();
    if (this.#dirty) await this.#send();
  }

  async #send(): Promise<void> {
    const ticket = this.#edits.begin();
    const edit = this.#edit;
    try {
      const view = await this.#host.call('edit_plan', {
        plan: this.#view.plan,
        name: this.#named ? this.name : null,
        change: this.#changeNow(),
        reply: this.isReply ? this.text : null,
        drop: [...this.#dropped],
        leaveOut: [...this.#leftOut],
        sending: wireOf(this.#sending),
        files: this.files.ids,
        fills: [...this.#fills.values()],
        oncePerPerson: this.once,
        approved: this.isReply ? this.approved : null,
      });
      if (!this.#edits.is(ticket)) return;
      this.#take(view);
      this.#dirty = edit !== this.#edit;
      await Promise.all([this.recipients.refresh(), this.panel === 'spot' ? this.spot.read() : undefined]);
    } catch (thrown) {
      if (this.#edits.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  async #look(): Promise<void> {
    const { plan } = this.#view;
    const more = await this.#host.call('plan_more', { plan }).catch(() => null);
    if (more && plan === this.#view.plan) this.#more = more.count;
  }
}

// An in-memory host with a believable small world: for vitest, and for `npm run dev` in a plain browser.
// Query: `state=offline|keyRefused|first|syncing|locked|missing|newer|viewer|empty`.

import type { Command, Commands } from '../../lib/host/commands';
import type { Host } from '../../lib/host/host';
import type {
  AccountState,
  AccountSummary,
  AppEvent,
  ChangeView,
  Facet,
  JobItemView,
  JobView,
  MessageView,
  Row,
  SelectionView,
  SnoozeView,
  UiError,
  ViewItem,
} from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { statusWord } from '../../lib/words/status';
import { check, matches } from './filter';
import { FakePlan } from './plans';
import { AGENTS, type Conversation, makeWorld, ME, TAGS, TEAMS } from './world';

const ACCOUNT: AccountSummary = {
  id: 'a1',
  name: 'Brindlewick Goods',
  kind: 'muster',
  url: 'https://desk.brindlewick.example',
};
type Handlers = { [Name in Command]: (request: Commands[Name][0]) => Commands[Name][1] };
type FakeJob = { view: JobView; items: JobItemView[]; apply: () => void };

export class FakeHost implements Host {
  readonly calls: { name: Command; request: unknown }[] = [];
  readonly now: number;
  readonly world: Conversation[];
  accounts: AccountSummary[] = [ACCOUNT];
  mode: string;
  jobs: FakeJob[] = [];
  #plans = new Map<string, FakePlan>();
  #handlers = new Set<(event: AppEvent) => void>();
  #next = 1;
  #auto: boolean;

  constructor({ mode = '', now = Date.now(), size = 320, auto = false } = {}) {
    this.mode = mode;
    this.now = now;
    this.#auto = auto;
    this.world = mode === 'empty' ? [] : makeWorld(now, size);
    if (mode === 'first') this.accounts = [];
    if (mode === 'offline') this.#seedPending();
  }

  call<Name extends Command>(name: Name, request: Commands[Name][0]): Promise<Commands[Name][1]> {
    this.calls.push({ name, request });
    try {
      return Promise.resolve(this.#answers[name](request));
    } catch (thrown) {
      return Promise.reject(thrown as UiError);
    }
  }

  listen(handler: (event: AppEvent) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  mailUrl(account: string, conversation: string, message: string): string {
    return `mail://localhost/${account}/${conversation}/${message}`;
  }

  emit(event: AppEvent): void {
    for (const handler of this.#handlers) handler(event);
  }

  /** The help desk takes the next `n` items of every job. */
  work(n: number): void {
    for (const job of this.jobs) {
      if (['completed', 'completed_with_errors'].includes(job.view.state)) continue;
      const counts = { ...job.view.counts };
      const took = Math.min(n, counts.pending);
      counts.pending -= took;
      counts.applied += took;
      for (const item of job.items.filter((one) => one.state === 'pending').slice(0, took)) item.state = 'applied';
      const over = counts.pending === 0;
      if (over) job.apply();
      job.view = {
        ...job.view,
        counts,
        state: over ? 'completed' : 'running',
        finished: over ? new Date(this.now).toISOString() : null,
        result: this.#result(job.view.kind, counts, job.items),
      };
      this.emit({ type: 'jobChanged', account: ACCOUNT.id, job: job.view });
      if (over) this.#changed();
    }
  }

  find(id: string): Conversation {
    const found = this.world.find((one) => one.row.id === id);
    if (!found) throw { code: 'notFound', message: 'There is no such conversation.' } satisfies UiError;
    return found;
  }

  #changed(): void {
    this.emit({ type: 'conversationsChanged', account: ACCOUNT.id, ids: null });
    this.emit({ type: 'stateChanged', account: ACCOUNT.id });
  }

  #rows(filter: string): Row[] {
    return this.world.map((one) => one.row).filter((row) => matches(row, filter));
  }

  #selected({ ids, filter, except }: SelectionView): Conversation[] {
    if (ids) return ids.map((id) => this.find(id));
    return this.world.filter((one) => matches(one.row, filter ?? '') && !except.includes(one.row.id));
  }

  #view(key: string, name: string, filter: string, color: number | null = null): ViewItem {
    return { key, name, filter, count: this.#rows(filter).length, color };
  }

  #state(): AccountState {
    const offline = this.mode === 'offline';
    const ago = (seconds: number) => new Date(this.now - seconds * 1000).toISOString();
    const health = { locked: 'keychainLocked', missing: 'keyMissing', newer: 'newerData' }[this.mode] ?? 'ready';
    const waiting = this.jobs.filter((job) => !['completed', 'completed_with_errors'].includes(job.view.state)).length;
    return {
      account: ACCOUNT,
      health,
      healthMessage: null,
      tenant: ACCOUNT.name,
      me: { handle: ME, name: 'Mira Okafor', role: 'Agent', mayReply: this.mode !== 'viewer', mayChange: true },
      connection: {
        state: offline ? 'offline' : this.mode === 'keyRefused' ? 'keyRefused' : 'online',
        since: offline ? ago(120) : null,
        nextTry: offline ? new Date(this.now + 38_000).toISOString() : null,
        message: offline ? 'Cannot reach desk.brindlewick.example' : null,
        freshAt: ago(offline ? 121 : 4),
      },
      sync:
        this.mode === 'syncing'
          ? { first: true, done: 812, total: 2000 }
          : { first: false, done: this.world.length, total: null },
      directory: { agents: AGENTS, teams: TEAMS, tags: TAGS },
      waiting,
      cached: this.world.length,
    };
  }

  #result(kind: string, counts: JobView['counts'], items: JobItemView[]): string {
    const skipped = (reason: string) =>
      items.filter((item) => item.state === 'skipped' && item.reason === reason).length;
    const parts = [`${counts.applied} ${kind === 'reply' ? 'sent' : 'changed'}`];
    if (skipped('Window closed')) parts.push(`${skipped('Window closed')} window closed`);
    if (skipped('Voice')) parts.push(`${skipped('Voice')} voice`);
    const others = counts.skipped - skipped('Window closed') - skipped('Voice');
    if (others > 0) parts.push(`${others} skipped`);
    return parts.join(', ');
  }

  #job(
    name: string,
    kind: string,
    audience: Conversation[],
    takesPart: (one: Conversation) => string | null,
    apply: () => void,
  ): JobView {
    const items = audience.map((one): JobItemView => {
      const reason = takesPart(one);
      return {
        id: one.row.id,
        name: one.row.name,
        subject: one.row.subject,
        channel: one.row.channel,
        state: reason === null ? 'pending' : 'skipped',
        reason,
        receipt: null,
        at: null,
      };
    });
    const skipped = items.filter((item) => item.state === 'skipped').length;
    const counts = {
      pending: items.length - skipped,
      sending: 0,
      applied: 0,
      rejected: 0,
      skipped,
      unknown: 0,
      held: 0,
    };
    const offline = this.mode === 'offline';
    const view: JobView = {
      id: `j${this.#next++}`,
      name,
      kind,
      state: offline ? 'paused' : 'running',
      pause: offline ? 'offline' : null,
      created: new Date(this.now).toISOString(),
      finished: null,
      by: ME,
      filter: null,
      total: items.length,
      counts,
      result: this.#result(kind, counts, items),
    };
    this.jobs.unshift({ view, items, apply });
    this.#changed();
    if (this.#auto && !offline) {
      const timer = setInterval(() => {
        this.work(Math.max(1, Math.ceil(items.length / 12)));
        if (this.jobs.find((job) => job.view.id === view.id)?.view.state === 'completed') clearInterval(timer);
      }, 400);
    }
    return view;
  }

  #change(row: Row, change: ChangeView): void {
    if (change.status) row.status = change.status;
    if (change.agent !== null) row.agent = change.agent || null;
    if (change.team !== null) row.team = change.team || null;
    row.tags = [...new Set([...row.tags, ...change.addTags])].filter((tag) => !change.removeTags.includes(tag));
    row.pending = [
      ...(change.status ? ['status'] : []),
      ...(change.agent !== null ? ['assignee'] : []),
      ...(change.addTags.length + change.removeTags.length > 0 ? ['tag+'] : []),
    ];
    row.pendingTags = change.addTags;
  }

  #name(change: ChangeView, audience: Conversation[]): string {
    const whom = audience.length === 1 ? (audience[0]?.row.name ?? '') : `${audience.length} conversations`;
    if (change.status) return `${statusWord(change.status).label}: ${whom}`;
    if (change.agent) return `${whom} to ${AGENTS.find((agent) => agent.handle === change.agent)?.name ?? ''}`;
    return `Tags of ${whom}`;
  }

  #act(audience: Conversation[], change: ChangeView): JobView {
    for (const one of audience) this.#change(one.row, change);
    return this.#job(
      this.#name(change, audience),
      'change',
      audience,
      () => null,
      () => {
        for (const one of audience) Object.assign(one.row, { pending: [], pendingTags: [] });
      },
    );
  }

  #seedPending(): void {
    const [marta, , , , hannes, , darja] = this.world;
    if (!marta || !hannes || !darja) return;
    this.#act([hannes], { status: 'done', until: null, agent: null, team: null, addTags: [], removeTags: [] });
    hannes.row.status = 'active';
    this.#act([darja], {
      status: null,
      until: null,
      agent: AGENTS[1]?.handle ?? '',
      team: null,
      addTags: [],
      removeTags: [],
    });
    this.#answers.reply({
      account: 'a1',
      id: marta.row.id,
      text: 'Dear Marta, I am sorry this took two days. The refund of 84,90 € leaves us today at 15:00.',
      done: false,
    });
  }

  readonly #answers: Handlers = {
    accounts: () => this.accounts,
    check_account: ({ url, key }) => {
      if (url.includes('wrong'))
        throw { code: 'offline', message: `Nothing answers at ${url}. Check the address.` } satisfies UiError;
      if (key === 'wrong')
        throw {
          code: 'signInAgain',
          message: 'The help desk refuses this key. Create a new one under Settings, API keys.',
        } satisfies UiError;
      return {
        reached: 'Reached, certificate valid, 48 ms',
        tenant: key ? ACCOUNT.name : null,
        me: key ? this.#state().me : null,
        abilities: [
          { title: 'Changes to many', detail: '500 in one call, an answer for each', state: 'yes' },
          { title: 'Replies never twice', detail: 'It recognises our reference and refuses a repeat', state: 'yes' },
          { title: 'Live updates', detail: 'New messages arrive within a second', state: 'yes' },
          { title: 'Snooze, tags, notes', detail: 'With mentions and followers', state: 'yes' },
          { title: 'Speed', detail: '60 replies and 600 reads a minute', state: 'limit' },
          { title: 'Undo of Archived', detail: 'Not offered: Muster warns before it', state: 'no' },
        ],
        conversations: 2000,
      };
    },
    add_account: (request) => {
      if (request.key === 'wrong')
        throw {
          code: 'signInAgain',
          message: 'The help desk refuses this key. Create a new one under Settings, API keys.',
        } satisfies UiError;
      this.accounts = [ACCOUNT];
      this.mode = '';
      return ACCOUNT;
    },
    open_demo_desk: () => {
      this.accounts = [ACCOUNT];
      this.mode = '';
      return ACCOUNT;
    },
    set_key: () => {
      this.mode = '';
      return this.#state();
    },
    account_state: () => this.#state(),
    try_now: () => this.#state(),
    sidebar: () => ({
      mine: [
        this.#view('inbox', 'Inbox', 'assignee:me is:active'),
        this.#view('unassigned', 'Unassigned', 'unassigned is:active'),
        this.#view('following', 'Following', 'follows:me'),
      ],
      everything: ['active', 'snoozed', 'done', 'archived', 'spam'].map((status) =>
        this.#view(status, statusWord(status).label, `is:${status}`),
      ),
      teams: TEAMS.map((team) => this.#view(`team:${team.handle}`, team.name, `is:active team:${team.handle}`)),
      tags: TAGS.map((tag) => this.#view(`tag:${tag.name}`, tag.name, `is:active tag:${tag.name}`, tag.color)),
      runningJobs: 0,
    }),
    list: ({ filter, after, limit }) => {
      const rows = this.#rows(filter);
      const from = after === null ? 0 : rows.findIndex((row) => row.id === after) + 1;
      const page = rows.slice(from, from + limit);
      return {
        rows: page.map((row) => ({ ...row })),
        next: from + limit < rows.length ? (page.at(-1)?.id ?? null) : null,
        total: after === null ? rows.length : null,
        complete: this.mode !== 'syncing',
      };
    },
    check_filter: ({ text }) =>
      check(
        text,
        this.world.map((one) => one.row),
      ),
    selection_summary: ({ selection }) => {
      const rows = this.#selected(selection).map((one) => one.row);
      const facet = (title: string, of: (row: Row) => string): Facet => {
        const counts = new Map<string, number>();
        for (const row of rows) counts.set(of(row), (counts.get(of(row)) ?? 0) + 1);
        return {
          title,
          values: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
        };
      };
      const vip = rows.filter((row) => row.tags.includes('vip')).length;
      return {
        count: rows.length,
        facets: [
          facet('Channel', (row) => channelWord(row.channel).label),
          facet('Ball is with', (row) => (row.ball ? 'Us' : 'The customer')),
          facet('Team', (row) => TEAMS.find((team) => team.handle === row.team)?.name ?? 'Nobody'),
          facet('Assigned to', (row) => AGENTS.find((agent) => agent.handle === row.agent)?.name ?? 'Nobody'),
        ],
        warning:
          selection.filter !== null && vip > 0
            ? `${vip} are tagged vip. The plan shows each of them before anything happens.`
            : null,
      };
    },
    resolve_snooze: ({ text }) => this.#snooze(text),
    thread: ({ id }) => {
      const one = this.find(id);
      const who = one.email ?? one.row.name;
      return {
        row: { ...one.row },
        email: one.email,
        phone: null,
        caseNumber: null,
        created: one.messages[0]?.at ?? one.row.updated,
        messages: [...one.messages],
        complete: this.mode !== 'offline',
        fetched: new Date(this.now - 120_000).toISOString(),
        readUpTo: one.messages.at(-2)?.id ?? null,
        replyBlocked: one.row.channel === 'voice' ? 'Calls take no written reply.' : null,
        replyTo: `To ${who} by ${channelWord(one.row.channel).by}`,
      };
    },
    mark_read: ({ id }) => {
      this.find(id).row.unread = false;
      this.emit({ type: 'conversationsChanged', account: ACCOUNT.id, ids: [id] });
      return {};
    },
    follow: ({ id, on }) => {
      this.find(id).row.followed = on;
      this.#changed();
      return {};
    },
    reply: ({ id, text, done }) => {
      const one = this.find(id);
      const message = {
        ...messageLike(one),
        id: `${id}-r${this.#next++}`,
        at: new Date(this.now).toISOString(),
        from: 'agent',
        author: 'Mira Okafor',
        initials: 'MO',
        text,
        delivery: 'pending',
      };
      one.messages.push(message);
      one.row.pending = ['reply'];
      return this.#job(
        `Reply to ${one.row.name}`,
        'reply',
        [one],
        () => null,
        () => {
          message.delivery = 'sent';
          Object.assign(one.row, {
            pending: [],
            ball: false,
            preview: text,
            previewFrom: 'agent',
            status: done ? 'done' : one.row.status,
          });
        },
      );
    },
    act: ({ selection, change }) => {
      const audience = this.#selected(selection);
      if (audience.length > 50 || change.status === 'archived') {
        const plan = new FakePlan(`p${this.#next++}`, audience, selection.filter, change, false, this.now);
        this.#plans.set(plan.id, plan);
        return { job: null, plan: plan.view() };
      }
      return { job: this.#act(audience, change).id, plan: null };
    },
    plan: ({ selection, change, reply }) => {
      const plan = new FakePlan(
        `p${this.#next++}`,
        this.#selected(selection),
        selection.filter,
        change,
        reply !== null,
        this.now,
      );
      this.#plans.set(plan.id, plan);
      return plan.view();
    },
    edit_plan: (edit) => {
      const plan = this.#planOf(edit.plan);
      plan.edit(edit);
      return plan.view();
    },
    plan_people: ({ plan, verdict, offset, limit }) => {
      const people = this.#planOf(plan).people(verdict);
      return { total: people.length, people: people.slice(offset, offset + limit) };
    },
    plan_message: ({ plan, id }) => this.#planOf(plan).message(this.find(id)),
    confirm: ({ plan: id, revision, count }) => {
      const plan = this.#planOf(id);
      const view = plan.view();
      if (view.revision !== revision || view.count !== count) return { job: null, conflict: view };
      const job = this.#job(
        plan.name,
        plan.isReply ? 'reply' : 'change',
        plan.audience,
        (one) =>
          plan.takesPart(one)
            ? null
            : (plan.people(null).find((person) => person.id === one.row.id)?.verdictText ?? 'Skipped'),
        () => {
          for (const one of plan.audience)
            if (plan.takesPart(one) && plan.change.status) one.row.status = plan.change.status;
        },
      );
      return { job: job.id, conflict: null };
    },
    discard_plan: ({ plan }) => {
      this.#plans.delete(plan);
      return {};
    },
    jobs: () => ({ jobs: this.jobs.map((job) => job.view) }),
    job_items: ({ job, state, offset, limit }) => {
      const items = (this.jobs.find((one) => one.view.id === job)?.items ?? []).filter(
        (item) => state === null || item.state === state,
      );
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
  };

  #planOf(id: string): FakePlan {
    const plan = this.#plans.get(id);
    if (!plan) throw { code: 'notFound', message: 'This plan is gone. Make it again.' } satisfies UiError;
    return plan;
  }

  #snooze(text: string): SnoozeView {
    const hours = /^(\d+)h$/.exec(text)?.[1];
    const base = new Date(this.now);
    const days = { 'tomorrow morning': 1, tomorrow: 1, 'tomorrow 9': 1, monday: 5 }[text];
    if (text === 'until reply')
      return { at: null, label: 'Until the customer replies', detail: 'no date', error: null };
    const evening = text === 'this evening' ? new Date(this.now).setHours(18, 0, 0, 0) : null;
    const at =
      evening ??
      (hours
        ? this.now + Number(hours) * 3_600_000
        : days
          ? new Date(base.getFullYear(), base.getMonth(), base.getDate() + days, 9).getTime()
          : null);
    if (at === null)
      return {
        at: null,
        label: '',
        detail: '',
        error: `“${text}” is not a time. Write for example 2h, monday or tomorrow 9.`,
      };
    const date = new Date(at);
    return {
      at: date.toISOString(),
      label: date.toLocaleString('en-GB', {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        hour: '2-digit',
        minute: '2-digit',
      }),
      detail: 'in a while, Berlin time',
      error: null,
    };
  }
}

function messageLike(one: Conversation): MessageView {
  const [first] = one.messages;
  if (!first) throw new Error('Every conversation of the fake world has a message.');
  return { ...first, attachments: [], quoted: null, quotedLines: 0, hasHtml: false };
}

export function fakeHost(query: URLSearchParams): FakeHost {
  return new FakeHost({ mode: query.get('state') ?? '', auto: true });
}

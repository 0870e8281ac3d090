// Jobs of the fake host: what was confirmed, what the help desk took of it, and everything that can be done with it.

import type { ChangeView, JobItemView, JobView, SendingView } from '../../lib/host/types';
import { count } from '../../lib/ui/format';
import { statusWord } from '../../lib/words/status';
import { ACCOUNT, refusal, type Shop } from './shop';
import { AGENTS, type Conversation, ME } from './world';

export const AT_ONCE: SendingView = {
  mode: 'at_once',
  at: null,
  drip: null,
  hold: null,
  canary: null,
  ifChanged: '',
};
const OVER = new Set(['completed', 'completed_with_errors', 'cancelled']);

/** A job of the fake journal. */
export type FakeJob = {
  id: string;
  name: string;
  /** As `icon` of a job's view. */
  icon: string;
  title: string;
  state: string;
  pause: string | null;
  canaryWaits: boolean;
  created: string;
  due: string | null;
  finished: string | null;
  by: string;
  filter: string | null;
  text: string | null;
  sending: SendingView;
  schedule: string;
  items: JobItemView[];
  /** So many of its items were given back. */
  undone: number;
  retried: number;
  since: [string, number][];
  related: { id: string; relation: string }[];
  /** The whole job is over: what it did to the rows. */
  apply: () => void;
  takeBack: () => void;
  /** Gives a conversation back what it had. */
  giveBack: (id: string) => void;
};

type New = Partial<Omit<FakeJob, 'items'>> & {
  name: string;
  icon: string;
  title: string;
  audience: Conversation[];
  /** Why a conversation takes no part. */
  skip?: (one: Conversation) => string | null;
  beforeAfter?: (one: Conversation) => string[];
  hold?: number;
  /** It stands as it stood: the help desk does not go on with it by itself. */
  still?: boolean;
};

const nothing = () => undefined;

export class FakeJobs {
  readonly #shop: Shop;
  all: FakeJob[] = [];
  /** Unknown items that were looked at and left. */
  readonly left = new Set<string>();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  get waiting(): number {
    return this.all.filter((job) => !isOver(job)).length;
  }

  get(id: string): FakeJob {
    const found = this.all.find((job) => job.id === id);
    if (!found) throw refusal('notFound', 'There is no such job.');
    return found;
  }

  add({ audience, skip = () => null, beforeAfter = () => [], hold = 0, still = false, ...part }: New): JobView {
    const offline = this.#shop.isOffline;
    const items = audience.map((one): JobItemView => {
      const reason = skip(one);
      return {
        id: one.row.id,
        name: one.row.name,
        subject: one.row.subject,
        channel: one.row.channel,
        state: reason === null ? 'pending' : 'skipped',
        outcome: reason === null ? 'Pending' : 'Skipped',
        reason,
        receipt: null,
        at: null,
        beforeAfter: reason === null ? beforeAfter(one) : [],
        canUndo: false,
      };
    });
    const job: FakeJob = {
      id: this.#shop.id('j'),
      state: offline ? 'paused' : hold > 0 ? 'holding' : 'running',
      pause: offline ? 'offline' : null,
      canaryWaits: false,
      created: this.#shop.at(0),
      due: hold > 0 && !offline ? this.#shop.at(hold) : null,
      finished: null,
      by: ME,
      filter: null,
      text: null,
      sending: AT_ONCE,
      schedule: '',
      undone: 0,
      retried: 0,
      since: [],
      related: [],
      apply: nothing,
      takeBack: nothing,
      giveBack: nothing,
      ...part,
      items,
    };
    this.all.unshift(job);
    this.#shop.changed();
    if (this.#shop.auto && !offline && !still) this.#workAlone(job, hold);
    return this.view(job);
  }

  /** Changes conversations at once, as the window shows it, and lets the help desk confirm it later. */
  change(audience: Conversation[], change: ChangeView, part: Partial<Omit<New, 'audience'>> = {}): JobView {
    const taken = audience.filter((one) => (part.skip?.(one) ?? null) === null);
    const before = new Map(taken.map((one) => [one.row.id, { ...one.row }]));
    for (const one of taken) applyChange(one, change);
    return this.add({
      name: nameOf(change, audience),
      icon:
        change.status === 'snoozed' ? 'snooze' : change.status ? 'status' : change.agent !== null ? 'assign' : 'tags',
      title: change.status ? 'Status' : change.agent !== null ? 'Assign' : 'Tags',
      audience,
      beforeAfter: (one) => {
        const old = before.get(one.row.id);
        return old && old.status !== one.row.status
          ? [`${statusWord(old.status).label} → ${statusWord(one.row.status).label}`]
          : [];
      },
      apply: () => {
        for (const one of taken) Object.assign(one.row, { pending: [], pendingTags: [] });
      },
      giveBack: (id) => {
        const one = this.#shop.find(id);
        const old = before.get(id);
        if (old) Object.assign(one.row, old, { pending: ['status'], pendingTags: [] });
      },
      ...part,
    });
  }

  /** The help desk takes the next `n` items of every job. */
  work(n: number): void {
    for (const job of this.all.filter((one) => !isOver(one) && !['scheduled', 'paused'].includes(one.state)))
      this.take(job, n);
    // What waited for the connection leaves as well: somebody says that the help desk has it now.
    for (const job of this.all.filter((one) => one.pause === 'offline')) this.take(job, n);
  }

  take(job: FakeJob, n: number): void {
    const kind = kindOf(job);
    const isReply = kind === 'reply';
    for (const item of job.items.filter((one) => one.state === 'pending').slice(0, n))
      Object.assign(item, {
        state: 'applied',
        outcome: isReply ? 'Sent' : kind === 'note' ? 'Noted' : 'Applied',
        receipt: isReply ? `m-${item.id}` : null,
        at: this.#shop.at(0),
        canUndo: !isReply && kind !== 'note',
      });
    Object.assign(job, { state: 'running', pause: null, due: null });
    this.settle(job);
    if (isOver(job)) {
      job.apply();
      this.#shop.changed();
    }
  }

  /** Ends a job that has nothing left, and tells everybody. */
  settle(job: FakeJob): JobView {
    const counts = countsOf(job);
    if (counts.pending + counts.sending === 0 && !isOver(job)) {
      const bad = counts.rejected + counts.unknown + counts.held > 0;
      Object.assign(job, { state: bad ? 'completed_with_errors' : 'completed', finished: this.#shop.at(0), due: null });
    }
    const view = this.view(job);
    this.#shop.emit({ type: 'jobChanged', account: ACCOUNT.id, job: view });
    return view;
  }

  view(job: FakeJob): JobView {
    const counts = countsOf(job);
    const isReply = kindOf(job) === 'reply';
    const verb = isReply ? 'sent' : 'changed';
    const over = isOver(job);
    const left = counts.pending + counts.sending;
    const retry = job.items.filter((item) => item.state === 'rejected' && !item.reason?.includes('archived')).length;
    const undo = job.items.filter((item) => item.canUndo).length;
    const resume = job.state === 'paused' && ['user', 'guard', 'overdue'].includes(job.pause ?? '');
    return {
      id: job.id,
      name: job.name,
      kind: kindOf(job),
      icon: job.icon,
      title: job.title,
      state: job.state,
      pause: job.pause,
      canaryWaits: job.canaryWaits,
      stateText: job.canaryWaits
        ? `The first ${count(counts.applied)} are out. Look at them, then send to the other ${count(left)}.`
        : job.pause === 'overdue'
          ? `It should have left earlier, while this computer slept. ${count(left)} have not been ${verb}.`
          : '',
      created: job.created,
      due: job.due,
      finished: job.finished,
      by: AGENTS.find((agent) => agent.handle === job.by)?.name ?? job.by,
      mine: job.by === ME,
      filter: job.filter,
      total: job.items.length,
      counts,
      sentOnly: tally(half(job)),
      sentOnlyText: half(job).length > 0 ? `${count(half(job).length)} sent but not Done` : '',
      undone: job.undone,
      retried: job.retried,
      result: result(job, counts),
      schedule: job.schedule,
      conversation: job.items.length === 1 ? (job.items[0]?.id ?? null) : null,
      may: {
        pause: ['running', 'holding', 'scheduled'].includes(job.state) && job.items.length > 1,
        resume,
        resumeLabel: job.canaryWaits
          ? `Send to the other ${count(left)}`
          : job.pause === 'overdue'
            ? 'Send now'
            : 'Go on',
        cancel: !over && left > 0 ? left : null,
        cancelLabel: `Stop: ${count(left)} will not be ${verb}`,
        takeBack: job.state === 'holding',
        retry: over ? retry : 0,
        retryLabel: `Retry ${count(retry)} of the ${count(counts.rejected)} rejected`,
        undo: over && undo > 0 ? undo : null,
        undoLabel: isReply ? `Undo Done on ${count(undo)}…` : `Undo on ${count(undo)}…`,
        undoText: isReply ? 'Replies cannot be recalled; the status goes back.' : 'Each goes back to what it was.',
        again: isReply && over ? counts.applied : 0,
        editSchedule: job.state === 'scheduled',
        editBatch: job.sending.drip !== null && !over,
        openDraft: job.state === 'draft',
      },
    };
  }

  counts() {
    const attention = this.all.reduce((sum, job) => sum + this.attentive(job).length, 0);
    return {
      running: this.all.filter((job) => job.state === 'running').length,
      scheduled: this.all.filter((job) => job.state === 'scheduled').length,
      outbox: this.outbox().length,
      attention: attention + this.all.filter((job) => job.pause === 'overdue').length,
    };
  }

  /** Items of a job that need a human. */
  attentive(job: FakeJob): JobItemView[] {
    return job.items.filter(
      (item) => ['unknown', 'held'].includes(item.state) && !this.left.has(`${job.id} ${item.id}`),
    );
  }

  outbox(): { job: FakeJob; item: JobItemView }[] {
    return this.all
      .filter((job) => kindOf(job) === 'reply' && !isOver(job))
      .flatMap((job) => job.items.filter((item) => item.state === 'pending').map((item) => ({ job, item })));
  }

  #workAlone(job: FakeJob, hold: number): void {
    const step = () => {
      if (isOver(job)) return;
      if (job.state === 'running' || job.state === 'holding') this.take(job, Math.ceil(job.items.length / 12));
      setTimeout(step, 400);
    };
    setTimeout(step, Math.max(400, hold * 1000));
  }
}

export function isOver(job: FakeJob): boolean {
  return OVER.has(job.state);
}

export function kindOf({ icon }: FakeJob): string {
  return ['reply', 'note', 'follow'].includes(icon) ? icon : 'change';
}

export function countsOf(job: FakeJob): JobView['counts'] {
  return tally(job.items);
}

function tally(items: JobItemView[]): JobView['counts'] {
  const counts = { pending: 0, sending: 0, applied: 0, rejected: 0, skipped: 0, unknown: 0, held: 0 };
  for (const item of items) counts[item.state as keyof typeof counts] += 1;
  return counts;
}

/** Who has the reply, and not what was to follow on it. */
function half(job: FakeJob): JobItemView[] {
  return job.items.filter((item) => item.outcome === 'Sent, not Done');
}

function result(job: FakeJob, counts: JobView['counts']): string {
  const skipped = (reason: string) =>
    job.items.filter((item) => item.state === 'skipped' && item.reason === reason).length;
  const parts = [`${counts.applied} ${kindOf(job) === 'reply' ? 'sent' : 'changed'}`];
  for (const state of ['rejected', 'unknown', 'held'] as const)
    if (counts[state] > 0) parts.push(`${counts[state]} ${state}`);
  if (skipped('Window closed')) parts.push(`${skipped('Window closed')} window closed`);
  if (skipped('Voice')) parts.push(`${skipped('Voice')} voice`);
  const others = counts.skipped - skipped('Window closed') - skipped('Voice');
  if (others > 0) parts.push(`${others} skipped`);
  return parts.join(', ');
}

function applyChange({ row }: Conversation, change: ChangeView): void {
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

function nameOf(change: ChangeView, audience: Conversation[]): string {
  const whom = audience.length === 1 ? (audience[0]?.row.name ?? '') : `${audience.length} conversations`;
  if (change.status) return `${statusWord(change.status).label}: ${whom}`;
  if (change.agent) return `${whom} to ${AGENTS.find((agent) => agent.handle === change.agent)?.name ?? ''}`;
  return `Tags of ${whom}`;
}

// What the jobs page asks for and what its buttons do.

import type { JobDetail, JobItemView, Stopped, StorageView } from '../../lib/host/types';
import { count } from '../../lib/ui/format';
import { countsOf, type FakeJob, type FakeJobs, isOver, kindOf } from './jobs';
import { type Answers, refusal, type Shop } from './shop';
import { AGENTS } from './world';

type Area = Answers<
  | 'jobs'
  | 'job_items'
  | 'job'
  | 'pause_job'
  | 'resume_job'
  | 'cancel_job'
  | 'retry_job'
  | 'undo_job'
  | 'edit_job'
  | 'export_job'
  | 'job_spot_check'
  | 'attention'
  | 'answer_item'
  | 'outbox'
  | 'sending_rules'
  | 'save_sending_rules'
  | 'storage'
  | 'save_storage'
>;

export function jobAnswers(shop: Shop, jobs: FakeJobs): Area {
  let storage: StorageView = {
    keepDays: null,
    keepMegabytes: null,
    megabytes: 18.4,
    keepFileMegabytes: 250,
    fileMegabytes: 3.1,
    conversations: 2000,
    withMessages: 640,
    removed: 0,
    removedUntil: null,
    isFile: false,
  };
  let rules = { holdOne: 10, holdMany: 30, holdChat: 0, overdueMinutes: 10 };
  const text = (job: FakeJob, item: JobItemView) =>
    (job.text ?? item.beforeAfter.join(', ')).replace(
      /\{\{customer_first_name[^}]*\}\}/,
      item.name.split(' ')[0] ?? '',
    );

  function stop(job: FakeJob): Stopped {
    const held = job.state === 'holding';
    const verb = kindOf(job) === 'reply' ? 'sent' : 'changed';
    const left = job.items.filter((item) => item.state === 'pending');
    for (const item of left) Object.assign(item, { state: 'skipped', outcome: 'Skipped', reason: 'Stopped by you' });
    Object.assign(job, { state: 'cancelled', pause: null, due: null, finished: shop.at(0), canaryWaits: false });
    job.takeBack();
    const view = jobs.settle(job);
    shop.changed();
    const { applied } = countsOf(job);
    const conversation = held && job.items.length === 1 ? (job.items[0]?.id ?? null) : null;
    return {
      job: view,
      message: held
        ? `Taken back: nothing was ${verb}`
        : `${count(applied)} ${verb}, ${count(left.length)} will not be ${verb}`,
      conversation,
      draft: conversation === null ? null : kindOf(job),
    };
  }

  return {
    jobs: ({ limit, before, since, until, states, types, by }) => {
      const found = jobs.all.filter(
        (job) =>
          (!since || job.created >= since) &&
          (!until || job.created < until) &&
          (states.length === 0 || states.includes(job.state)) &&
          (types.length === 0 || types.includes(job.icon)) &&
          (!by || job.by === by),
      );
      const from = before ? found.findIndex((job) => job.id === before) + 1 : 0;
      const who = new Set(jobs.all.map((job) => job.by));
      return {
        jobs: found.slice(from, from + limit).map((job) => jobs.view(job)),
        total: found.length,
        people: AGENTS.filter((agent) => who.has(agent.handle)).map(({ handle, name }) => ({ handle, name })),
        open: jobs.counts(),
      };
    },
    job_items: ({ job, state, offset, limit }) => {
      const words = { attention: ['rejected', 'unknown', 'held'], open: ['pending', 'sending'] };
      const wanted = state === null ? null : (words[state as keyof typeof words] ?? state.split(','));
      const items = jobs.get(job).items.filter((item) => wanted === null || wanted.includes(item.state));
      return { total: items.length, items: items.slice(offset, offset + limit).map((item) => ({ ...item })) };
    },
    job: ({ job }) => detail(jobs, jobs.get(job)),
    pause_job: ({ job: id }) => {
      const job = jobs.get(id);
      Object.assign(job, { state: 'paused', pause: 'user' });
      const { applied, pending } = countsOf(job);
      const view = jobs.settle(job);
      return {
        job: view,
        message: `Paused: ${count(applied)} done, ${count(pending)} wait`,
        conversation: null,
        draft: null,
      };
    },
    resume_job: ({ job: id }) => {
      const job = jobs.get(id);
      Object.assign(job, { state: 'running', pause: null, canaryWaits: false });
      return jobs.settle(job);
    },
    cancel_job: ({ job }) => stop(jobs.get(job)),
    retry_job: ({ job: id }) => {
      const old = jobs.get(id);
      const again = old.items.filter((item) => item.state === 'rejected' && !item.reason?.includes('archived'));
      return jobs.add({
        ...pick(old),
        name: `Retry of ${old.name}`,
        audience: again.map((item) => shop.find(item.id)),
        related: [{ id: old.id, relation: 'Retry of' }],
      });
    },
    undo_job: ({ job: id, ids }) => {
      const old = jobs.get(id);
      const back = old.items.filter((item) => item.canUndo && (ids === null || ids.includes(item.id)));
      if (back.length === 0) throw refusal('badInput', 'Nothing of it can be undone.');
      const rows = new Map(back.map((item) => [item.id, { ...shop.find(item.id).row }]));
      for (const item of back) {
        old.giveBack(item.id);
        item.canUndo = false;
      }
      old.undone += back.length;
      const first = old.related.find((one) => one.relation === 'Undo of');
      if (first) jobs.get(first.id).undone -= back.length;
      const view = jobs.add({
        name: ids === null ? `Undo of ${old.name}` : `Undo of ${ids.length} of ${old.name}`,
        icon: 'undo',
        title: `Undo of ${old.name}`,
        audience: back.map((item) => shop.find(item.id)),
        beforeAfter: (one) =>
          back
            .find((item) => item.id === one.row.id)
            ?.beforeAfter.map((text) => text.split(' → ').toReversed().join(' → ')) ?? [],
        related: [{ id: old.id, relation: 'Undo of' }],
        apply: () => {
          for (const item of back) Object.assign(shop.find(item.id).row, { pending: [], pendingTags: [] });
        },
        giveBack: (id) => void Object.assign(shop.find(id).row, rows.get(id), { pending: ['status'] }),
      });
      old.related.push({ id: view.id, relation: 'Undone by' });
      return view;
    },
    sending_rules: () => rules,
    save_sending_rules: (request) => {
      if (request.rules.holdMany > 600) throw refusal('badInput', 'A reply can be held for 600 seconds at most.');
      return (rules = request.rules);
    },
    storage: () => storage,
    save_storage: ({ keepDays, keepMegabytes, keepFileMegabytes }) => {
      if (keepMegabytes === 250) throw refusal('badInput', 'The journal cannot be written.');
      return (storage = { ...storage, keepDays, keepMegabytes, keepFileMegabytes });
    },
    edit_job: ({ job: id, name, sending }) => {
      const job = jobs.get(id);
      if (name !== null) job.name = name;
      if (sending !== null) {
        job.sending = sending;
        if (sending.drip) job.schedule = `Drip, ${sending.drip.batch} every ${sending.drip.every} ${sending.drip.unit}`;
      }
      return jobs.settle(job);
    },
    export_job: ({ job, format }) => ({
      path: `Downloads/muster-${job === null ? 'jobs' : 'job'}.${format}`,
      rows: job === null ? jobs.all.length : jobs.get(job).items.length,
    }),
    job_spot_check: ({ job: id }) => {
      const job = jobs.get(id);
      return {
        people: job.items.slice(0, 10).map((item) => ({
          recipient: {
            id: item.id,
            name: item.name,
            subject: item.subject,
            channel: item.channel,
            address: shop.find(item.id).email,
            verdict: 'will_send',
            verdictText: 'Will send',
            included: true,
            leftOut: false,
            beforeAfter: item.beforeAfter,
            missing: [],
          },
          text: text(job, item),
          state: item.state,
        })),
      };
    },
    attention: () => ({
      items: jobs.all.flatMap((job) =>
        jobs.attentive(job).map((item) => ({
          job: job.id,
          jobName: job.name,
          id: item.id,
          name: item.name,
          subject: item.subject,
          channel: item.channel,
          state: item.state,
          reason: item.reason ?? '',
          at: item.at ?? job.created,
          text: text(job, item),
          isReply: ['reply', 'note'].includes(kindOf(job)),
          isNote: kindOf(job) === 'note',
        })),
      ),
      overdue: jobs.all.filter((job) => job.pause === 'overdue').map((job) => jobs.view(job)),
    }),
    answer_item: ({ job: id, id: conversation, answer }) => {
      const job = jobs.get(id);
      const item = job.items.find((one) => one.id === conversation);
      if (!item) throw refusal('notFound', 'There is no such item.');
      if (answer === 'leave') jobs.left.add(`${id} ${conversation}`);
      else if (answer === 'sent') Object.assign(item, { state: 'applied', outcome: 'Sent', reason: 'You said so' });
      else if (answer === 'send_again') {
        Object.assign(item, { state: 'rejected', outcome: 'Rejected', reason: 'Sent again by you' });
        jobs.settle(job);
        return jobs.add({
          ...pick(job),
          name: `Sent again: ${item.name}`,
          audience: [shop.find(item.id)],
          related: [{ id: job.id, relation: 'Sent again from' }],
        });
      } else if (answer === 'send') Object.assign(item, { state: 'pending', outcome: 'Pending', reason: null });
      else Object.assign(item, { state: 'skipped', outcome: 'Skipped', reason: 'Left out by you' });
      if (answer === 'send' && isOver(job)) Object.assign(job, { state: 'running', finished: null });
      return jobs.settle(job);
    },
    outbox: () => {
      const items = jobs.outbox().map(({ job, item }) => ({
        job: job.id,
        jobName: job.name,
        id: item.id,
        name: item.name,
        channel: item.channel,
        text: text(job, item),
        state: job.state,
        leavesAt: job.due,
        why: WHY[job.pause ?? job.state] ?? 'Its turn comes',
      }));
      return { total: items.length, items: items.slice(0, 100) };
    },
  };
}

const WHY: Record<string, string> = {
  holding: 'Can be taken back until it leaves',
  scheduled: 'Scheduled',
  running: 'Its turn comes',
  user: 'Paused by you',
  guard: 'Waits for your look at the first ones',
  overdue: 'Overdue: asks before it leaves',
  offline: 'Waits for the connection',
};

function pick({ icon, title, text, sending, filter }: FakeJob) {
  return { icon, title, text, sending, filter };
}

function detail(jobs: FakeJobs, job: FakeJob): JobDetail {
  const channels = new Map<string, JobItemView[]>();
  for (const item of job.items.filter((one) => one.state !== 'skipped'))
    channels.set(item.channel, [...(channels.get(item.channel) ?? []), item]);
  const of = (items: JobItemView[], state: string) => items.filter((item) => item.state === state).length;
  const counts = countsOf(job);
  return {
    job: jobs.view(job),
    sending: job.sending,
    text: job.text,
    does: job.icon === 'reply' ? [] : job.items.flatMap((item) => item.beforeAfter.slice(0, 1)).slice(0, 1),
    pace: job.state === 'running' && counts.pending > 1 ? '60 a minute, finishes about 14:34' : null,
    ...slots(job),
    channels: [...channels].map(([channel, items]) => ({
      channel,
      total: items.length,
      applied: of(items, 'applied'),
      rejected: of(items, 'rejected'),
      unknown: of(items, 'unknown'),
    })),
    since: job.since.map(([title, n]) => ({ title, detail: count(n), state: 'yes' })),
    related: job.related.map(({ id, relation }) => ({ id, relation, name: jobs.get(id).name })),
    remark:
      counts.rejected > 2
        ? `One rejected reply cannot be retried: its conversation is archived. A follow-up goes only to the ${count(counts.applied)} who received the message.`
        : null,
  };
}

const SLOT = 5;

function slots(job: FakeJob): Pick<JobDetail, 'slots' | 'slotSeconds'> {
  const done = job.items.filter((item) => item.at !== null && item.state !== 'skipped');
  if (done.length === 0) return { slots: [], slotSeconds: SLOT };
  const start = Math.min(...done.map((item) => new Date(item.at ?? 0).getTime()));
  const index = (item: JobItemView) => Math.floor((new Date(item.at ?? 0).getTime() - start) / (SLOT * 1000));
  const last = Math.max(...done.map(index));
  const pending = isOver(job) ? 0 : job.items.filter((item) => item.state === 'pending').length;
  const more = Math.min(40, Math.ceil(pending / 6));
  const at = (slot: number) => new Date(start + slot * SLOT * 1000).toISOString();
  const past = Array.from({ length: last + 1 }, (_, slot) => {
    const of = (state: string) => done.filter((item) => item.state === state && index(item) === slot).length;
    return { at: at(slot), applied: of('applied'), rejected: of('rejected'), unknown: of('unknown'), planned: 0 };
  });
  const planned = Array.from({ length: more }, (_, slot) => ({
    at: at(last + 1 + slot),
    applied: 0,
    rejected: 0,
    unknown: 0,
    planned: Math.min(6, pending - slot * 6),
  }));
  return { slots: [...past, ...planned], slotSeconds: SLOT };
}

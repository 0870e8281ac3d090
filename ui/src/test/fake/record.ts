// A week of jobs: what `?state=jobs` (one is running) and `?state=jobsDone` (it is over, six are open) show.

import type { JobItemView } from '../../lib/host/types';
import type { FakeJob, FakeJobs } from './jobs';
import type { Shop } from './shop';
import { AGENTS, type Conversation } from './world';

const HOUR = 3600;
const DAY = 24 * HOUR;
const TEXT =
  'Hello {{customer_first_name|there}},\n\nthe double payments of 19 May are resolved. The second one is released by your bank within three working days.';

type Outcome = Partial<JobItemView>;
const applied: Outcome = { state: 'applied', outcome: 'Applied', canUndo: true };

export function keepRecord(shop: Shop, jobs: FakeJobs): void {
  if (!['jobs', 'jobsDone'].includes(shop.mode)) return;
  const by = (index: number) => AGENTS[index]?.handle ?? '';
  const people = (n: number, from = 0) => shop.world.slice(from, from + n);

  /** Puts a job into the record as it stood `ago` seconds ago, without the help desk doing anything. */
  function put(
    audience: Conversation[],
    ago: number,
    part: Partial<FakeJob> & { name: string; icon: string; title: string },
    outcome: (index: number) => Outcome,
  ): FakeJob {
    const view = jobs.add({ audience, still: true, created: shop.at(-ago), state: 'completed', ...part });
    const job = jobs.get(view.id);
    job.items.forEach((item, index) => Object.assign(item, { at: shop.at(-ago + index * 0.9) }, outcome(index)));
    if (['completed', 'completed_with_errors', 'cancelled'].includes(job.state))
      job.finished = shop.at(-ago + audience.length * 0.9);
    return job;
  }
  const done = (from: string, to: string) => (): Outcome => ({ ...applied, beforeAfter: [`${from} → ${to}`] });

  put(
    people(52, 60),
    3 * DAY + 4 * HOUR,
    {
      name: 'Invoice layout apology',
      icon: 'reply',
      title: 'Mass reply',
      by: by(1),
      state: 'paused',
      pause: 'user',
      text: TEXT,
    },
    (index) => (index < 18 ? sent(index, '') : WAITS),
  );
  put(
    people(301),
    2 * DAY,
    {
      name: 'stale-cleanup-2026-q1',
      icon: 'tags',
      title: 'Tags',
      by: by(3),
    },
    () => ({ ...applied, beforeAfter: ['+ stale-cleanup-2026-q1'] }),
  );
  put(
    people(96, 100),
    2 * DAY - HOUR,
    { name: 'Not urgent until month end', icon: 'snooze', title: 'Snooze', by: by(1) },
    done('Active', 'Snoozed'),
  );
  put(
    people(301),
    2 * DAY - 3 * HOUR,
    { name: 'Stale over 90 days', icon: 'status', title: 'Status', by: by(3), undone: 295 },
    (index) =>
      index < 295
        ? { ...applied, beforeAfter: ['Active → Done'], canUndo: false }
        : { state: 'skipped', outcome: 'Skipped', reason: 'It is already so' },
  );
  put(
    people(300, 10),
    DAY + 3 * HOUR,
    {
      name: 'Delay notice, north depot',
      icon: 'reply',
      title: 'Mass reply',
      by: by(2),
      state: 'cancelled',
      text: TEXT,
    },
    (index) =>
      index < 41 ? sent(index, '') : { state: 'skipped', outcome: 'Skipped', reason: 'Stopped by Aiko', at: null },
  );
  put(people(87, 20), DAY, { name: 'Retag returns as refund', icon: 'tags', title: 'Tags' }, () => ({
    ...applied,
    beforeAfter: ['returns → refund'],
  }));
  put(
    people(63, 30),
    5.5 * HOUR,
    { name: 'Jonas on leave: queue to Aiko', icon: 'assign', title: 'Assign', by: by(3) },
    done('Jonas Feld', 'Aiko Tan'),
  );
  put(
    people(24, 200),
    4 * HOUR,
    {
      name: 'Courier strike: delivery a day late',
      icon: 'reply',
      title: 'Mass reply',
      state: 'paused',
      pause: 'overdue',
      text: TEXT,
      due: shop.at(-3 * HOUR),
    },
    () => WAITS,
  );
  put(
    people(280, 40),
    3 * HOUR,
    {
      name: 'Fibre survey to open delivery cases',
      icon: 'reply',
      title: 'Mass reply',
      by: by(3),
      state: 'scheduled',
      due: shop.at(15 * HOUR),
      text: TEXT,
      schedule: 'Drip, 100 every 5 h, Mon–Fri',
      sending: {
        mode: 'drip',
        at: null,
        hold: null,
        canary: null,
        ifChanged: 'hold',
        drip: {
          start: '',
          batch: 100,
          every: 5,
          unit: 'hours',
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          from: '09:00',
          to: '17:00',
          zone: 'Europe/Berlin',
        },
      },
    },
    () => WAITS,
  );
  put(
    people(40, 240),
    2 * HOUR,
    {
      name: 'Refund delay: first ten',
      icon: 'reply',
      title: 'Mass reply',
      state: 'paused',
      pause: 'guard',
      canaryWaits: true,
      text: TEXT,
      sending: { mode: 'at_once', at: null, drip: null, hold: 30, canary: 10, ifChanged: 'hold' },
    },
    (index) => (index < 10 ? sent(index, '') : WAITS),
  );

  const running = shop.mode === 'jobs';
  const main = put(
    people(142),
    120,
    {
      name: 'Payment incident resolved',
      icon: 'reply',
      title: 'Mass reply',
      text: TEXT,
      filter: 'is:active tag:payment-issue-2026-05',
      state: running ? 'running' : 'completed_with_errors',
      sending: { mode: 'at_once', at: null, drip: null, hold: 30, canary: 10, ifChanged: 'hold' },
      since: running
        ? []
        : [
            ['Delivered', 111],
            ['Bounced', 3],
            ['Customer replied', 9],
            ['Reopened', 6],
            ['Thanked us', 5],
          ],
    },
    (index) => {
      if (index % 13 === 8 && index < 142)
        return {
          state: 'skipped',
          outcome: 'Skipped',
          reason: index % 2 ? 'Window closed: last message 31 h ago' : 'Voice: calls take no written reply',
        };
      if (index % 13 === 11) return { state: 'skipped', outcome: 'Skipped', reason: 'Left out by you' };
      if (running && index >= 92) return WAITS;
      if (index === 39) return { state: 'rejected', outcome: 'Rejected', reason: 'Mailbox does not exist (550)' };
      if (index === 4 || index === 56)
        return { state: 'unknown', outcome: 'Unknown', reason: 'No answer; not found in the thread' };
      if (!running && index === 95)
        return { state: 'rejected', outcome: 'Rejected', reason: 'Attachment refused by the server (413)' };
      if (!running && index === 97)
        return { state: 'rejected', outcome: 'Rejected', reason: 'Conversation was archived at 14:34' };
      if (!running && index === 107)
        return { state: 'unknown', outcome: 'Unknown', reason: 'No answer; the thread cannot be read' };
      if (!running && index === 14) return { state: 'held', outcome: 'Held', reason: 'The customer wrote at 14:33' };
      return sent(index, ', now Done');
    },
  );
  if (running)
    Object.assign(main.items[91] ?? {}, {
      state: 'sending',
      outcome: 'Sending',
      reason: 'Thread read again, no new message',
    });
}

const WAITS: Outcome = { state: 'pending', outcome: 'To go', at: null };

function sent(index: number, then: string): Outcome {
  return {
    state: 'applied',
    outcome: `Sent${then}`,
    receipt: `m-${88_000 + index}`,
    beforeAfter: then ? ['Active → Done'] : [],
    canUndo: then !== '',
  };
}

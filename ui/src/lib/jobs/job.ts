// The words of jobs and of their items: one icon, one name, one tone each, wherever they are shown.

import Ban from '@lucide/svelte/icons/ban';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Check from '@lucide/svelte/icons/check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Clock from '@lucide/svelte/icons/clock';
import ClockAlert from '@lucide/svelte/icons/clock-alert';
import ClockFading from '@lucide/svelte/icons/clock-fading';
import Eye from '@lucide/svelte/icons/eye';
import Flag from '@lucide/svelte/icons/flag';
import Hand from '@lucide/svelte/icons/hand';
import ListChecks from '@lucide/svelte/icons/list-checks';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Lock from '@lucide/svelte/icons/lock';
import Minus from '@lucide/svelte/icons/minus';
import Pause from '@lucide/svelte/icons/pause';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Send from '@lucide/svelte/icons/send';
import Square from '@lucide/svelte/icons/square';
import Tag from '@lucide/svelte/icons/tag';
import Trash from '@lucide/svelte/icons/trash-2';
import Undo from '@lucide/svelte/icons/undo-2';
import User from '@lucide/svelte/icons/user';
import X from '@lucide/svelte/icons/x';
import type { Component } from 'svelte';
import type { CountsView, JobView } from '../host/types';
import { count } from '../ui/format';
import { daysAgo, messageTime } from '../words/time';

type Glyph = Component<{ class?: string }>;
type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'plain' | 'bare';
type Word = { label: string; icon: Glyph; tone: Tone };

const OVER = new Set(['completed', 'completed_with_errors', 'cancelled']);

export function isOver(job: JobView): boolean {
  return OVER.has(job.state);
}

/** Items with an outcome, those aside that took no part. */
export function finishedCount(counts: CountsView): number {
  return counts.applied + counts.rejected + counts.unknown + counts.held;
}

/** Those who have it: of a reply also who is not Done yet, or was not to be. */
export function reachedCount({ counts, sentOnly }: Pick<JobView, 'counts' | 'sentOnly'>): number {
  return counts.applied + sentOnly.pending + sentOnly.sending + finishedCount(sentOnly) + sentOnly.skipped;
}

type Counted = Pick<JobView, 'counts' | 'total'> & Partial<Pick<JobView, 'kind' | 'state'>>;

/**
 * What the count of a job is out of: of a mass reply those that were to be sent, which the button promised; of a change, and of what was
 * stopped, everything it was about.
 */
function wholeOf({ counts, total, kind, state }: Counted): number {
  return kind === 'reply' && state !== 'cancelled' ? total - counts.skipped : total;
}

/** "41 of 120". */
export function progressText(job: Counted): string {
  return `${count(finishedCount(job.counts))} of ${count(wholeOf(job))}`;
}

/** Items that need a human or another try, those aside that a later job brought to a good end. */
export function openCount({ counts, retried }: JobView): number {
  return Math.max(0, counts.rejected + counts.unknown + counts.held - retried);
}

/** Bar parts from the left: ok, bad, warn; what is left stays empty. */
export function barParts(job: Counted) {
  const { counts } = job;
  const whole = wholeOf(job);
  const share = (n: number) => (whole <= 0 ? 0 : n / whole);
  return [
    { fill: 'ok' as const, share: share(counts.applied) },
    { fill: 'bad' as const, share: share(counts.rejected) },
    { fill: 'warn' as const, share: share(counts.unknown + counts.held) },
  ];
}

const OUTCOMES: Record<string, Word> = {
  applied: { label: 'Applied', icon: Check, tone: 'ok' },
  rejected: { label: 'Rejected', icon: X, tone: 'bad' },
  unknown: { label: 'Unknown', icon: CircleHelp, tone: 'warn' },
  held: { label: 'Held', icon: Hand, tone: 'warn' },
  skipped: { label: 'Skipped', icon: Minus, tone: 'plain' },
  pending: { label: 'Pending', icon: ClockFading, tone: 'plain' },
  sending: { label: 'Sending', icon: LoaderCircle, tone: 'run' },
};

export function outcomeWord(state: string): Word {
  return OUTCOMES[state] ?? { label: state, icon: CircleHelp, tone: 'plain' };
}

/** The order in which outcomes are listed. */
export const OUTCOME_ORDER = ['applied', 'rejected', 'unknown', 'held', 'pending', 'sending', 'skipped'] as const;

const PAUSES: Record<string, Pick<Word, 'label' | 'tone'>> = {
  offline: { label: 'Waits for the connection', tone: 'plain' },
  key: { label: 'Waits for a new key', tone: 'warn' },
  user: { label: 'Paused', tone: 'plain' },
  guard: { label: 'Needs a look', tone: 'warn' },
  overdue: { label: 'Overdue', tone: 'warn' },
};

export function jobWord(job: JobView): Word {
  // A reply stays sent; only what it did besides was given back.
  if (job.undone > 0 && isOver(job) && job.kind !== 'reply')
    return {
      label: job.undone >= job.counts.applied ? 'Undone' : `${count(job.undone)} undone`,
      icon: Undo,
      tone: 'plain',
    };
  switch (job.state) {
    case 'draft':
      return { label: 'Draft', icon: PencilLine, tone: 'plain' };
    case 'scheduled':
      return { label: 'Scheduled', icon: CalendarClock, tone: 'plain' };
    case 'holding':
      return { label: 'On hold', icon: ClockFading, tone: 'plain' };
    case 'running':
      return { label: 'Running', icon: LoaderCircle, tone: 'run' };
    case 'paused':
      return {
        label: 'Paused',
        tone: 'plain',
        icon: job.canaryWaits ? Eye : job.pause === 'overdue' ? ClockAlert : job.pause === 'guard' ? Hand : Pause,
        ...PAUSES[job.pause ?? ''],
      };
    case 'completed':
      return { label: 'Completed', icon: Check, tone: 'bare' };
    case 'completed_with_errors':
      if (openCount(job) === 0) return { label: 'Completed by a retry', icon: Check, tone: 'bare' };
      return { label: `Done, ${count(openCount(job))} open`, icon: CircleAlert, tone: 'warn' };
    case 'cancelled':
      return { label: 'Stopped', icon: Square, tone: 'plain' };
    default:
      return { label: 'Waiting', icon: ClockFading, tone: 'plain' };
  }
}

const TYPES: Record<string, Glyph> = {
  reply: Send,
  note: Lock,
  status: CircleCheck,
  assign: User,
  tags: Tag,
  snooze: Clock,
  priority: Flag,
  follow: Eye,
  undo: Undo,
  block: Ban,
  delete: Trash,
};

/** What kind of job it is, as a glyph; one that waits for its time shows that instead. */
export function typeIcon(job: Pick<JobView, 'icon' | 'state'>): Glyph {
  return job.state === 'scheduled' ? CalendarClock : (TYPES[job.icon] ?? ListChecks);
}

/** "today 14:32", "Wed 16:40". */
export function jobTime(at: string, now: number): string {
  return daysAgo(at, now) === 0 ? `today ${messageTime(at, now)}` : messageTime(at, now);
}

/** What its outcome is called when it went well: a reply is sent, a note noted, everything else applied. */
export function doneWord(job: Pick<JobView, 'kind'>): string {
  if (job.kind === 'note') return 'Noted';
  return job.kind === 'reply' ? 'Sent' : 'Applied';
}

import Check from '@lucide/svelte/icons/check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import ClockFading from '@lucide/svelte/icons/clock-fading';
import Hand from '@lucide/svelte/icons/hand';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Minus from '@lucide/svelte/icons/minus';
import Pause from '@lucide/svelte/icons/pause';
import Square from '@lucide/svelte/icons/square';
import X from '@lucide/svelte/icons/x';
import type { Component } from 'svelte';
import type { CountsView, JobView } from '../host/types';
import { count } from '../ui/format';

type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'plain';
type Word = { label: string; icon: Component<{ class?: string }>; tone: Tone };

const OVER = new Set(['completed', 'completed_with_errors', 'cancelled']);

export function isOver(job: JobView): boolean {
  return OVER.has(job.state);
}

export function finishedCount(counts: CountsView): number {
  return counts.applied + counts.rejected + counts.skipped + counts.unknown + counts.held;
}

/** "41 of 120". */
export function progressText(job: JobView): string {
  return `${count(finishedCount(job.counts))} of ${count(job.total)}`;
}

/** Bar parts from the left: ok, bad, warn, then what was skipped. */
export function barParts({ counts, total }: JobView) {
  const share = (n: number) => (total === 0 ? 0 : n / total);
  return [
    { fill: 'ok' as const, share: share(counts.applied) },
    { fill: 'bad' as const, share: share(counts.rejected) },
    { fill: 'warn' as const, share: share(counts.unknown + counts.held) },
    { fill: 'skip' as const, share: share(counts.skipped) },
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

const PAUSES: Record<string, string> = {
  offline: 'Waits for the connection',
  key: 'Waits for a new key',
  user: 'Paused',
  guard: 'Paused: needs a look',
  overdue: 'Paused: overdue',
};

export function jobWord(job: JobView): Word {
  const open = job.counts.rejected + job.counts.unknown + job.counts.held;
  switch (job.state) {
    case 'running':
      return { label: 'Running', icon: LoaderCircle, tone: 'run' };
    case 'paused':
      return { label: PAUSES[job.pause ?? ''] ?? 'Paused', icon: Pause, tone: 'plain' };
    case 'completed':
      return { label: 'Completed', icon: Check, tone: 'plain' };
    case 'completed_with_errors':
      return { label: `Done, ${count(open)} open`, icon: CircleAlert, tone: 'warn' };
    case 'cancelled':
      return { label: 'Stopped', icon: Square, tone: 'plain' };
    default:
      return { label: 'Waiting', icon: ClockFading, tone: 'plain' };
  }
}

// What the strip says when a job that was confirmed here is over.

import type { JobView } from '../host/types';
import { count } from '../ui/format';
import { jobWord } from './job';

/** A change of one conversation that was applied: its name says so, and counting it says nothing more. */
export function isOne(job: JobView): boolean {
  return job.total === 1 && job.counts.applied === 1 && job.kind !== 'reply' && job.kind !== 'note';
}

/** The bold words, and what stands behind them. Each figure is said once. */
export function resultOf(job: JobView): { text: string; detail: string } {
  if (job.icon === 'undo') {
    const { applied } = job.counts;
    if (applied === job.total) return { text: `Given back: ${count(applied)}`, detail: '' };
    // The first part of its result counts what was given back as well.
    const rest = job.result.split(', ').slice(applied > 0 ? 1 : 0);
    return { text: `Given back: ${count(applied)} of ${count(job.total)}`, detail: rest.join(', ') };
  }
  // Of one, its name says it all.
  if (isOne(job)) return { text: job.name, detail: '' };
  // A job that nobody named is called what it did.
  return { text: job.name === job.result ? jobWord(job).label : job.name, detail: job.result };
}

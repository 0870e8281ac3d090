// What the list of jobs can be narrowed by: when, how it stands, what kind, whose.

import type { JobsRequest } from '../host/types';
import { anyJobs } from './jobs.svelte';

/** `range` names one of `RANGES`; `days` are two dates of the user's zone, `YYYY-MM-DD`, inclusive. */
export type JobFilters = {
  range: string;
  days: { from: string; to: string };
  status: string;
  type: string;
  by: string;
};

export const ANY: JobFilters = { range: 'any', days: { from: '', to: '' }, status: '', type: '', by: '' };

export const RANGES = [
  { key: 'any', label: 'Any time', days: null },
  { key: 'today', label: 'Today', days: 0 },
  { key: 'week', label: 'Last 7 days', days: 6 },
  { key: 'month', label: 'Last 30 days', days: 29 },
];

export const STATUSES = [
  { key: '', label: 'Any status', states: [] },
  { key: 'running', label: 'Running', states: ['running', 'holding'] },
  { key: 'scheduled', label: 'Scheduled', states: ['scheduled'] },
  { key: 'paused', label: 'Paused', states: ['paused'] },
  { key: 'open', label: 'Done, some open', states: ['completed_with_errors'] },
  { key: 'completed', label: 'Completed', states: ['completed'] },
  { key: 'cancelled', label: 'Stopped', states: ['cancelled'] },
  { key: 'draft', label: 'Drafts', states: ['draft'] },
];

export const TYPES = [
  { key: '', label: 'Any type' },
  { key: 'reply', label: 'Replies' },
  { key: 'note', label: 'Notes' },
  { key: 'status', label: 'Status' },
  { key: 'assign', label: 'Assignment' },
  { key: 'tags', label: 'Tags' },
  { key: 'snooze', label: 'Snooze' },
  { key: 'priority', label: 'Priority' },
  { key: 'undo', label: 'Undo' },
  { key: 'block', label: 'Block' },
  { key: 'delete', label: 'Delete' },
  { key: 'follow', label: 'Following' },
];

export function isNarrowed(filters: JobFilters): boolean {
  return filters.range !== 'any' || filters.status !== '' || filters.type !== '' || filters.by !== '';
}

/** Midnight of a day in the user's zone, so many days later; `null` for a day that is not one. */
function midnight(day: string, later = 0): string | null {
  const [year, month, date] = day.split('-').map(Number);
  return year && month && date ? new Date(year, month - 1, date + later).toISOString() : null;
}

export function requestOf(account: string, filters: JobFilters, now: number): JobsRequest {
  const back = RANGES.find((range) => range.key === filters.range)?.days ?? null;
  const today = new Date(now);
  const since =
    filters.range === 'days'
      ? midnight(filters.days.from)
      : back === null
        ? null
        : new Date(today.getFullYear(), today.getMonth(), today.getDate() - back).toISOString();
  return {
    ...anyJobs(account),
    since,
    until: filters.range === 'days' ? midnight(filters.days.to, 1) : null,
    states: STATUSES.find((status) => status.key === filters.status)?.states ?? [],
    types: filters.type === '' ? [] : [filters.type],
    by: filters.by || null,
  };
}

/** "12 May – 21 May", or the name of the range. */
export function rangeLabel({ range, days }: JobFilters): string {
  if (range !== 'days') return RANGES.find((one) => one.key === range)?.label ?? 'Any time';
  const short = (day: string) => {
    const at = midnight(day);
    return at === null ? '…' : new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  };
  return `${short(days.from)} – ${short(days.to)}`;
}

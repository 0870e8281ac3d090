// How a job leaves, as the form holds it: everything that was typed is kept while another mode is looked at.

import type { SendingView } from '../host/types';

export type Mode = 'at_once' | 'at' | 'drip';
export type Unit = 'minutes' | 'hours' | 'days';

export type Sending = {
  mode: Mode;
  at: string;
  drip: {
    start: string;
    batch: number;
    every: number;
    unit: Unit;
    days: string[];
    /** Only between two times of the day. */
    windowed: boolean;
    from: string;
    to: string;
    zone: string;
  };
  /** Seconds; `null` is the usual hold. */
  hold: number | null;
  canary: { on: boolean; first: number };
  ifChanged: string;
};

export const DAYS: { key: string; label: string; name: string }[] = [
  { key: 'mon', label: 'Mo', name: 'Monday' },
  { key: 'tue', label: 'Tu', name: 'Tuesday' },
  { key: 'wed', label: 'We', name: 'Wednesday' },
  { key: 'thu', label: 'Th', name: 'Thursday' },
  { key: 'fri', label: 'Fr', name: 'Friday' },
  { key: 'sat', label: 'Sa', name: 'Saturday' },
  { key: 'sun', label: 'Su', name: 'Sunday' },
];

export const UNITS: { value: Unit; label: string }[] = [
  { value: 'minutes', label: 'minutes' },
  { value: 'hours', label: 'hours' },
  { value: 'days', label: 'days' },
];

/** The holds on offer; the usual one is among them. */
export function holds(usual: number): number[] {
  return [...new Set([0, 10, 30, 60, 300, usual])].sort((a, b) => a - b);
}

export function holdLabel(seconds: number): string {
  if (seconds === 0) return 'None';
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** What the form shows of a plan or job. Without a drip it offers working hours in this computer's zone. */
export function sendingOf(view: SendingView): Sending {
  const { drip } = view;
  return {
    mode: view.mode === 'at' || view.mode === 'drip' ? view.mode : 'at_once',
    at: view.at ?? 'tomorrow at 9am',
    drip: {
      start: drip?.start ?? '',
      batch: drip?.batch ?? 100,
      every: drip?.every ?? 1,
      unit: UNITS.find(({ value }) => value === drip?.unit)?.value ?? 'hours',
      days: drip ? drip.days : ['mon', 'tue', 'wed', 'thu', 'fri'],
      windowed: drip ? drip.from !== null : true,
      from: drip?.from ?? '09:00',
      to: drip?.to ?? '17:00',
      zone: drip?.zone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    hold: view.hold,
    canary: { on: view.canary !== null, first: view.canary ?? 10 },
    ifChanged: view.ifChanged || 'hold',
  };
}

/** What the form says, as it crosses the seam. */
export function wireOf({ mode, at, drip, hold, canary, ifChanged }: Sending): SendingView {
  const { windowed, from, to, days, ...rest } = drip;
  return {
    mode,
    at: mode === 'at' ? at.trim() : null,
    drip:
      mode === 'drip'
        ? {
            ...rest,
            start: drip.start.trim(),
            days: days.length === DAYS.length ? [] : days,
            from: windowed ? from.trim() : null,
            to: windowed ? to.trim() : null,
          }
        : null,
    hold,
    canary: canary.on ? canary.first : null,
    ifChanged,
  };
}

/** What keeps a form from being a schedule, before the engine is asked. */
export function missing({ mode, at, drip }: Sending): string | null {
  if (mode === 'at' && at.trim() === '') return 'Write when, for example tomorrow at 9am.';
  if (mode === 'drip' && drip.days.length === 0) return 'Choose at least one day.';
  return null;
}

/** "2026-11-21T08:00:00Z" → "2026-11-21 09:00" in this computer's zone; what a person wrote stays as it is. */
export function inWords(at: string): string {
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(at)) return at;
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

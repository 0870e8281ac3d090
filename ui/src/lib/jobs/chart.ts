// The geometry of the chart of outcomes over time: stacked bars, planned ones dashed. Pure, so that it is tested without a screen.

import type { JobSlot } from '../host/types';

const HEIGHT = 84;
/** Room above the highest bar. */
const TOP = 10.5;
const WIDEST = 22;
const GAP = 3;

export type Block = { fill: 'ok' | 'bad' | 'warn' | 'hold'; x: number; y: number; width: number; height: number };
export type Chart = {
  blocks: Block[];
  most: number;
  ticks: { x: number; anchor: 'start' | 'middle' | 'end'; slot: number }[];
};

/** Lays `slots` out over `width` pixels. */
export function chartOf(slots: JobSlot[], width: number): Chart {
  const most = Math.max(1, ...slots.map((slot) => slot.applied + slot.rejected + slot.unknown + slot.planned));
  const step = Math.min(WIDEST, width / Math.max(1, slots.length));
  const gap = Math.min(GAP, step / 4);
  const scale = (HEIGHT - TOP - 1) / most;
  const blocks = slots.flatMap((slot, index) => {
    const x = index * step + gap / 2;
    let from = HEIGHT - 1;
    const stack = [
      { fill: 'ok' as const, n: slot.applied },
      { fill: 'bad' as const, n: slot.rejected },
      { fill: 'warn' as const, n: slot.unknown },
      { fill: 'hold' as const, n: slot.planned },
    ].filter(({ n }) => n > 0);
    return stack.map(({ fill, n }, level): Block => {
      // A hairline between the parts; a part is never thinner than it can be seen.
      const height = Math.max(2, n * scale - (level > 0 ? 1 : 0));
      from -= height + (level > 0 ? 1 : 0);
      return { fill, x, y: from, width: step - gap, height };
    });
  });
  const last = slots.length - 1;
  const middle = Math.floor(last / 2);
  const end = last * step + step;
  const ticks: Chart['ticks'] = [];
  if (last >= 0) ticks.push({ x: 0, anchor: 'start', slot: 0 });
  // Three times need room; a short chart says only where it begins.
  if (end > 200) {
    ticks.push({ x: middle * step + step / 2, anchor: 'middle', slot: middle });
    ticks.push({ x: end, anchor: 'end', slot: last });
  }
  return { blocks, most, ticks };
}

/** "5 s", "10 min", "1 h". */
export function slotLength(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** "14:32:30" where a slot is shorter than a minute, "14:32" within a day, "Mon 14:00" beyond. */
export function tickLabel(at: string, slots: JobSlot[], slotSeconds: number): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  if (slotSeconds < 60) options.second = '2-digit';
  if (slots.length * slotSeconds > 86_400) options.weekday = 'short';
  return new Date(at).toLocaleTimeString('en-GB', options);
}

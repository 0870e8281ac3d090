import { describe, expect, it } from 'vitest';
import { chartOf, slotLength, tickLabel } from './chart';

const slot = (applied: number, rejected = 0, unknown = 0, planned = 0) => ({
  at: new Date(2026, 4, 21, 14, 32, 30).toISOString(),
  applied,
  rejected,
  unknown,
  planned,
});

describe('outcomes over time', () => {
  it('stack upwards from the ground, and the highest reaches the top line', () => {
    const { blocks, most } = chartOf([slot(6, 1, 1), slot(4), slot(0, 0, 0, 8)], 484);
    expect(most).toBe(8);
    expect(blocks.map((block) => block.fill)).toEqual(['ok', 'bad', 'warn', 'ok', 'hold']);
    const [ok, bad, warn, , hold] = blocks;
    expect(ok && ok.y + ok.height).toBeCloseTo(83);
    expect(bad && ok && bad.y + bad.height).toBeCloseTo((ok?.y ?? 0) - 1);
    expect(warn?.y).toBeLessThan(12);
    expect(hold?.y).toBeCloseTo(10.5);
  });

  it('stay as wide as 22 pixels, and grow thin where there are many', () => {
    expect(chartOf([slot(1), slot(1)], 484).blocks[1]?.x).toBe(23.5);
    const { blocks, ticks } = chartOf(
      Array.from({ length: 242 }, () => slot(1)),
      484,
    );
    expect(blocks.every((block) => block.x + block.width <= 484)).toBe(true);
    expect(ticks.map((tick) => tick.slot)).toEqual([0, 120, 241]);
  });

  it('without any show nothing', () => {
    expect(chartOf([], 484)).toEqual({ blocks: [], most: 1, ticks: [] });
  });

  it.each([
    [5, '5 s', '14:32:30'],
    [600, '10 min', '14:32'],
    [7200, '2 h', '14:32'],
  ])('slots of %i s', (seconds, length, label) => {
    expect(slotLength(seconds)).toBe(length);
    expect(tickLabel(slot(1).at, [slot(1)], seconds)).toBe(label);
  });
});

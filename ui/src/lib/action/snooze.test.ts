import { describe, expect, it } from 'vitest';
import { daysOf, nineOn } from './snooze';

describe('the month of the snooze form', () => {
  const days = daysOf(2026, 4, new Date(2026, 4, 21, 14, 31).getTime());

  it('starts on a Monday and ends on a Sunday', () => {
    expect(days[0]?.date.getDate()).toBe(27);
    expect(days).toHaveLength(35);
    expect(days.at(-1)?.date.getDate()).toBe(31);
  });

  it('knows today and what is over', () => {
    expect(days.find((day) => day.today)?.date.getDate()).toBe(21);
    expect(days.filter((day) => !day.outside && day.past)).toHaveLength(20);
  });

  it('means nine in the morning', () => {
    expect(nineOn(new Date(2026, 4, 2))).toBe('2026-05-02T09:00');
  });
});

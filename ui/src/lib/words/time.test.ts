import { describe, expect, it } from 'vitest';
import { ahead, dayRule, inFull, messageTime, rowTime, zoneName } from './time';

// Instants are built in the zone of the machine, so that the test reads the same everywhere.
const at = (month: number, day: number, hour: number, minute: number, year = 2026) =>
  new Date(year, month - 1, day, hour, minute).toISOString();
const NOW = new Date(2026, 4, 21, 14, 31).getTime();

describe('times', () => {
  it.each([
    [at(5, 21, 14, 28), '14:28'],
    [at(5, 20, 23, 59), 'Wed'],
    [at(5, 12, 9, 0), '12 May'],
    [at(12, 31, 9, 0, 2025), '31 Dec 2025'],
  ])('of a row, %s', (instant, expected) => {
    expect(rowTime(instant, NOW)).toBe(expected);
  });

  it('of a message', () => {
    expect(messageTime(at(5, 19, 16, 12), NOW)).toBe('Tue 16:12');
    expect(messageTime(at(5, 2, 16, 12), NOW)).toBe('2 May, 16:12');
  });

  it('of a day', () => {
    expect(dayRule(at(5, 21, 1, 0), NOW)).toBe('Today');
    expect(dayRule(at(5, 20, 1, 0), NOW)).toBe('Yesterday');
    expect(dayRule(at(5, 19, 1, 0), NOW)).toBe('Tuesday 19 May');
  });

  it('ahead', () => {
    expect(ahead(at(5, 21, 16, 32), NOW)).toBe('16:32');
    expect(ahead(at(5, 22, 9, 0), NOW)).toBe('Fri 09:00');
    expect(ahead(at(6, 1, 9, 0), NOW)).toBe('Mon 1 Jun, 09:00');
    expect(inFull(at(5, 22, 9, 0))).toBe('Friday 22 May, 09:00');
    expect(zoneName('Europe/Berlin')).toBe('Berlin time');
  });
});

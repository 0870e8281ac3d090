import { describe, expect, it } from 'vitest';
import { bytes, count, counted, initials, list, span, spanFine } from './format';

describe('numbers and words', () => {
  it('groups thousands and never rounds', () => {
    expect(count(1284)).toBe('1,284');
    expect(counted(1, 'person', 'people')).toBe('1 person');
    expect(counted(1284, 'conversation')).toBe('1,284 conversations');
  });

  it.each([
    ['Marta Wiśniewska', 'MW'],
    ['盛田 健司', '盛健'],
    ['Maximiliane Freifrau von Hohenstein-Ravensberg', 'MR'],
    ['support', 'SU'],
    ['info@kiosk.example', 'IE'],
    ['', ''],
  ])('initials of %s', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });

  it.each([
    [950, '950 B'],
    [312_400, '312 kB'],
    [5_200_000, '5.2 MB'],
    [60_000_000, '60 MB'],
  ])('%i bytes', (size, expected) => {
    expect(bytes(size)).toBe(expected);
  });

  it.each([
    [38_400, '38 s'],
    [5 * 60_000, '5 min'],
    [3 * 3_600_000 + 59_000, '3 h'],
    [50 * 3_600_000, '2 d'],
  ])('a span of %i ms', (span_ms, expected) => {
    expect(span(span_ms)).toBe(expected);
  });

  it('names two units ahead', () => {
    expect(spanFine((18 * 60 + 28) * 60_000)).toBe('18 h 28 min');
    expect(spanFine(51 * 3_600_000)).toBe('2 d 3 h');
  });

  it('joins lists', () => {
    expect(list(['a'])).toBe('a');
    expect(list(['a', 'b', 'c'])).toBe('a, b and c');
  });
});

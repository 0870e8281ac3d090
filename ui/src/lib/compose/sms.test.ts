import { describe, expect, it } from 'vitest';
import { segments } from './sms';

describe('SMS segments', () => {
  it.each([
    ['', 0, 160],
    ['Your order left.', 1, 160],
    ['a'.repeat(160), 1, 160],
    ['a'.repeat(161), 2, 306],
    ['€'.repeat(80), 1, 160],
    ['€'.repeat(81), 2, 306],
    ['–'.repeat(70), 1, 70],
    ['–'.repeat(71), 2, 134],
    ['😀'.repeat(36), 2, 134],
  ])('%s', (text, count, room) => {
    expect(segments(text)).toMatchObject({ count, room });
  });

  it('names the character that costs, where writing it plainly is cheaper', () => {
    const text = `Delivery today – or tomorrow. ${'a'.repeat(100)}`;
    expect(segments(text).fix).toEqual({ find: '–', replace: '-', count: 1 });
    expect(segments('short – one').fix).toBeNull();
    expect(segments('😀'.repeat(60)).fix).toBeNull();
  });
});

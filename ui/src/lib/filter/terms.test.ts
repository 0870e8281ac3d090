import { describe, expect, it } from 'vitest';
import { noMatchTitle, replaceSpan, splitTerms, withoutTerm } from './terms';

describe('cutting a filter into terms', () => {
  it.each([
    ['', []],
    ['  is:active   tag:vip ', ['is:active', 'tag:vip']],
    ['subject:invoice "payment failed" -tag:a,b', ['subject:invoice', '"payment failed"', '-tag:a,b']],
    ['tag:"needs review" (is:done OR is:archived)', ['tag:"needs review"', '(is:done OR is:archived)']],
    ['"never closed tag:x', ['"never closed tag:x']],
  ])('%s', (line, expected) => {
    expect(splitTerms(line).map((term) => term.text)).toEqual(expected);
  });

  it('tells key from value', () => {
    expect(splitTerms('-tag:vip refund').map(({ key, value }) => [key, value])).toEqual([
      ['-tag:', 'vip'],
      [null, 'refund'],
    ]);
  });

  it('drops one term and keeps the others as typed', () => {
    expect(withoutTerm('is:active  older:30d tag:"a b"', 1)).toBe('is:active tag:"a b"');
  });

  it('replaces the span of a mistake', () => {
    expect(replaceSpan('is:active older:30x tag:refund', 10, 19, 'older:30d')).toBe('is:active older:30d tag:refund');
  });

  it.each([
    [1, 'No conversation matches this term'],
    [2, 'No conversation matches both terms'],
    [4, 'No conversation matches all four terms'],
    [9, 'No conversation matches all 9 terms'],
  ])('says that %i terms match nothing', (terms, expected) => {
    expect(noMatchTitle(terms)).toBe(expected);
  });
});

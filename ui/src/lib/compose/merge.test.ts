import { describe, expect, it } from 'vitest';
import { friendly, MERGE_TAGS, piecesOf, runsOf, tagAt, tagTitle, wireOf, withFallback } from './merge';

const TEXT = 'Hello {{customer_first_name|there}}, case {{ case_number }}.';

describe('merge tags', () => {
  it('are cut out of the text, each with its place and fallback', () => {
    expect(piecesOf(TEXT)).toEqual([
      { text: 'Hello ', at: 0, tag: null, fallback: null },
      { text: '{{customer_first_name|there}}', at: 6, tag: 'customer_first_name', fallback: 'there' },
      { text: ', case ', at: 35, tag: null, fallback: null },
      { text: '{{ case_number }}', at: 42, tag: 'case_number', fallback: null },
      { text: '.', at: 59, tag: null, fallback: null },
    ]);
  });

  it.each([
    [6, null],
    [7, 'customer_first_name'],
    [35, 'customer_first_name'],
    [36, null],
    [50, 'case_number'],
  ])('at %i the caret stands in %s', (caret, tag) => {
    expect(tagAt(TEXT, caret)?.tag ?? null).toBe(tag);
  });

  it.each([
    ['you', 'Hi {{customer_name|you}}!'],
    ['', 'Hi {{customer_name}}!'],
    ['a}}b|c', 'Hi {{customer_name|abc}}!'],
  ])('takes the fallback %s', (fallback, text) => {
    const piece = tagAt('Hi {{customer_name|friend}}!', 5);
    if (!piece) throw new Error('There is a tag.');
    expect(withFallback('Hi {{customer_name|friend}}!', piece, fallback)).toBe(text);
  });

  it('are drawn letter for letter, so that the text area above fits', () => {
    for (const text of [TEXT, 'a – b – c', '{{}}', '\n{{x|}}\n'])
      expect(
        piecesOf(text)
          .flatMap((piece) => runsOf(piece, '–').map((run) => run.text))
          .join(''),
      ).toBe(text);
    expect(piecesOf('a – {{x|y}}').flatMap((piece) => runsOf(piece, '–').map((run) => run.look))).toEqual([
      'plain',
      'mark',
      'plain',
      'brace',
      'plain',
      'rule',
      'plain',
      'brace',
    ]);
  });

  it('are edited by the name a person understands, and leave by the engine’s', () => {
    expect(friendly(TEXT)).toBe('Hello {{first\u00a0name|there}}, case {{case\u00a0number}}.');
    expect(wireOf('Hello {{first name|there}}, {{no such}} {{')).toBe(
      'Hello {{customer_first_name|there}}, {{no such}} {{',
    );
    // The caret in half a tag is never beyond the whole one.
    for (const { tag } of MERGE_TAGS) {
      expect(wireOf(friendly(tag))).toBe(tag);
      expect(friendly(tag).length).toBeLessThanOrEqual(tag.length);
    }
  });

  it('has a title a person understands', () => {
    expect(tagTitle('customer_first_name')).toBe('first name');
    expect(tagTitle('contact.custom_fields.loyalty_level')).toBe('loyalty level');
  });
});

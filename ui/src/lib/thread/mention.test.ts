import { describe, expect, it } from 'vitest';
import { callsIn, cutAt, cutAtCalls, matching, mentionBefore } from './mention';

const agent = (name: string, handle: string) => ({ name, handle, initials: '' });
const agents = [agent('Aiko Tan', 'aiko@x'), agent('Jonas Feld', 'jonas@x'), agent('Aino Salmela', 'aino@x')];
const teams = [
  { handle: 'billing', name: 'Billing', members: 6 },
  { handle: 'orders', name: 'Orders & returns', members: 3 },
];

describe('a mention', () => {
  it.each([
    ['@', 1, { at: 0, query: '' }],
    ['See @Ai', 7, { at: 4, query: 'Ai' }],
    ['See @Aiko T', 11, { at: 4, query: 'Aiko T' }],
    ['(@jo', 4, { at: 1, query: 'jo' }],
    ['me@example', 10, null],
    ['@Aiko Tan has it', 16, null],
    ['nobody', 6, null],
  ])('in %j at %i', (text, caret, found) => expect(mentionBefore(text, caret)).toEqual(found));

  it.each([
    ['Aiko Tan', 'ai', ['', 'Ai', 'ko Tan']],
    ['Aiko Tan', 'ta', ['Aiko ', 'Ta', 'n']],
    ['Aiko Tan', 'jonas', ['Aiko Tan', '', '']],
    ['Aiko Tan', '', ['Aiko Tan', '', '']],
  ])('marks in %j what %j stands for', (name, query, parts) => expect(cutAt(name, query)).toEqual(parts));

  it.each([
    ['', ['Aiko Tan', 'Aino Salmela', 'Jonas Feld', 'Billing', 'Orders & returns']],
    ['bil', ['Billing']],
    ['orders & r', ['Orders & returns']],
    ['ret', ['Orders & returns']],
    ['Billing', []],
    ['ai', ['Aiko Tan', 'Aino Salmela']],
    ['tan', ['Aiko Tan']],
    ['Aiko Tan', []],
    ['x', []],
  ])('asks of %j for %j', (query, names) =>
    expect(matching(agents, teams, query).map(({ name }) => name)).toEqual(names),
  );

  it('leaves room for teams among many colleagues', () => {
    const many = Array.from({ length: 20 }, (_, index) => agent(`Bill ${index}`, `b${index}@x`));
    const kinds = matching(many, teams, 'bil').map(({ kind }) => kind);
    expect(kinds).toEqual([...Array<string>(6).fill('agent'), 'team']);
  });

  it.each([
    ['@Aiko Tan, see @Billing.', ['@Aiko Tan', '@Billing']],
    ['(@aiko) and @AIKO TAN', ['@aiko', '@AIKO TAN']],
    ['@Aikos and me@billing.example', []],
    ['@Orders & returns', ['@Orders & returns']],
  ])('stands in %j', (text, calls) => {
    const found = callsIn(text, ['Aiko Tan', 'Aiko', 'Billing', 'Orders & returns']);
    expect(found.map(({ at, len }) => text.slice(at, at + len))).toEqual(calls);
  });

  it('is cut out of a text whose search hits stay where they were', () => {
    const text = 'See @Aiko, and @Aiko';
    const pieces = cutAtCalls(text, callsIn(text, ['Aiko']), [{ at: 2, len: 5 }]);
    expect(pieces).toEqual([
      { text: 'See ', isCall: false, marks: [{ at: 2, len: 2 }] },
      { text: '@Aiko', isCall: true, marks: [{ at: 0, len: 3 }] },
      { text: ', and ', isCall: false, marks: [] },
      { text: '@Aiko', isCall: true, marks: [] },
    ]);
  });
});

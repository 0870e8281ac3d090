import { describe, expect, it } from 'vitest';
import { cutAt, matching, mentionBefore } from './mention';

const agent = (name: string, handle: string) => ({ name, handle, initials: '' });
const team = [agent('Aiko Tan', 'aiko@x'), agent('Jonas Feld', 'jonas@x'), agent('Aino Salmela', 'aino@x')];

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
    ['', ['Aiko Tan', 'Aino Salmela', 'Jonas Feld']],
    ['ai', ['Aiko Tan', 'Aino Salmela']],
    ['tan', ['Aiko Tan']],
    ['Aiko Tan', []],
    ['x', []],
  ])('asks of %j for %j', (query, names) => expect(matching(team, query).map(({ name }) => name)).toEqual(names));
});

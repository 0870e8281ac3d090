import { describe, expect, it } from 'vitest';
import { chordOf, keyCaps } from './keys';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
  chordOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

describe('chords', () => {
  it.each([
    [press('j'), 'j'],
    [press('R', { shiftKey: true }), 'shift+r'],
    [press('?', { shiftKey: true }), '?'],
    [press('Enter', { ctrlKey: true }), 'mod+enter'],
    [press('Enter', { metaKey: true, shiftKey: true }), 'mod+shift+enter'],
    [press('j', { altKey: true }), ''],
  ])('%s', (chord, expected) => {
    expect(chord).toBe(expected);
  });

  it('writes caps: one per chord, one each in a sequence', () => {
    expect(keyCaps('mod+k', false)).toEqual(['Ctrl K']);
    expect(keyCaps('mod+k', true)).toEqual(['⌘ K']);
    expect(keyCaps('g i', false)).toEqual(['G', 'I']);
    expect(keyCaps('shift+r', false)).toEqual(['⇧ R']);
    expect(keyCaps('escape', false)).toEqual(['Esc']);
  });
});

import { describe, expect, it } from 'vitest';
import { Preferences } from './preferences.svelte';

function memory(text: string | null) {
  let kept = text;
  return { getItem: () => kept, setItem: (_: string, value: string) => void (kept = value) };
}
const seen = ({ theme, isCompact, goesOn }: Preferences) => [theme, isCompact, goesOn];

describe('preferences', () => {
  it.each([
    [null, ['system', false, true]],
    ['{"theme":"dark","isCompact":true,"goesOn":false}', ['dark', true, false]],
    ['{"theme":"sepia","isCompact":"yes"}', ['system', false, true]],
    ['nonsense', ['system', false, true]],
    ['[]', ['system', false, true]],
    ['null', ['system', false, true]],
  ])('from %j', (kept, expected) => expect(seen(new Preferences(memory(kept)))).toEqual(expected));

  it('are remembered', () => {
    const kept = memory(null);
    new Preferences(kept).set({ theme: 'light' });
    new Preferences(kept).set({ isCompact: true });
    expect(seen(new Preferences(kept))).toEqual(['light', true, true]);
  });
});

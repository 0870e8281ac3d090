import { describe, expect, it } from 'vitest';
import { LIST, Panes, SIDE } from './panes.svelte';

function memory(text: string | null) {
  let kept = text;
  return { getItem: () => kept, setItem: (_: string, value: string) => void (kept = value) };
}

describe('pane widths', () => {
  it.each([
    [null, SIDE.usual, LIST.usual],
    ['200 500', 200, 500],
    ['9 9999', SIDE.min, LIST.max],
    ['nonsense', SIDE.usual, LIST.usual],
  ])('from %j', (kept, side, list) => {
    const panes = new Panes(memory(kept));
    expect([panes.side, panes.list]).toEqual([side, list]);
  });

  it('are remembered', () => {
    const kept = memory(null);
    new Panes(kept).setList(500);
    expect(new Panes(kept).list).toBe(500);
    new Panes(kept).showContact(true);
    expect([new Panes(kept).list, new Panes(kept).contact]).toEqual([500, true]);
  });
});

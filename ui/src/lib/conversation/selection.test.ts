import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte';

const ROWS = ['a', 'b', 'c', 'd', 'e'];

describe('ticking rows', () => {
  it('counts what is ticked and forgets what is unticked', () => {
    const selection = new Selection();
    selection.toggle('a');
    selection.toggle('c');
    selection.toggle('a');
    expect(selection.ids).toEqual(['c']);
    expect(selection.count(1284)).toBe(1);
    expect(selection.wire()).toEqual({ ids: ['c'], filter: null, except: [] });
  });

  it.each([
    ['down', 'b', 'd', ['b', 'c', 'd']],
    ['up', 'd', 'b', ['b', 'c', 'd']],
    ['on itself', 'c', 'c', ['c']],
  ])('extends a range %s', (_, from, to, expected) => {
    const selection = new Selection();
    selection.toggle(from);
    selection.extend(to, ROWS);
    expect(selection.ids.toSorted()).toEqual(expected);
  });

  it('unticks a range that starts at a row just unticked', () => {
    const selection = new Selection();
    selection.selectShown(ROWS);
    selection.toggle('b');
    selection.extend('d', ROWS);
    expect(selection.ids.toSorted()).toEqual(['a', 'e']);
  });

  it('treats a range without a start as one tick', () => {
    const selection = new Selection();
    selection.extend('c', ROWS);
    expect(selection.ids).toEqual(['c']);
  });
});

describe('all matching', () => {
  it('stays symbolic and counts what is left out', () => {
    const selection = new Selection();
    selection.toggle('a');
    selection.selectAllMatching('is:active');
    selection.toggle('b');
    expect(selection.count(1284)).toBe(1283);
    expect(selection.leftOut).toBe(1);
    expect(selection.has('b')).toBe(false);
    expect(selection.has('never loaded')).toBe(true);
    expect(selection.wire()).toEqual({ ids: null, filter: 'is:active', except: ['b'] });
  });
});

describe('clearing', () => {
  it('can be taken back once', () => {
    const selection = new Selection();
    selection.selectAllMatching('is:active');
    selection.toggle('b');
    expect(selection.clear()).toBe(true);
    expect(selection.isEmpty).toBe(true);
    selection.restore();
    expect(selection.wire()).toEqual({ ids: null, filter: 'is:active', except: ['b'] });
  });

  it('says when there was nothing to clear', () => {
    expect(new Selection().clear()).toBe(false);
  });
});

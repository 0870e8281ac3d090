import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Polite from './Polite.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('says the newest state at most every 5 s', () => {
  const target = document.body.appendChild(document.createElement('div'));
  const props = $state({ text: '1 of 9' });
  const polite = mount(Polite, { target, props });
  const said = (after: number) => {
    flushSync();
    vi.advanceTimersByTime(after);
    flushSync();
    return target.textContent;
  };
  expect(said(0)).toBe('1 of 9');
  props.text = '2 of 9';
  expect(said(2000)).toBe('1 of 9');
  props.text = '3 of 9';
  expect(said(2000)).toBe('1 of 9');
  expect(said(1000)).toBe('3 of 9');
  void unmount(polite);
});

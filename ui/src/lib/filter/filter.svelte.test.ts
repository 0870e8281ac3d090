import { expect, it, vi } from 'vitest';
import type { Host } from '../host/host';
import { Filter } from './filter.svelte';

it('asks one question at a time while somebody types, the newest last', async () => {
  vi.useFakeTimers();
  const asked: string[] = [];
  let answer = () => {};
  const host = {
    call: (_: string, { text }: { text: string }) => {
      asked.push(text);
      return new Promise((resolve) => (answer = () => resolve({ error: null })));
    },
  } as unknown as Host;
  const applied: string[] = [];
  const filter = new Filter(host, 'shop', (text) => applied.push(text));
  for (const text of ['p', 'pa', 'pay']) {
    filter.type(text);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(asked).toEqual(['p']);
  answer();
  await vi.advanceTimersByTimeAsync(10);
  expect([asked, applied]).toEqual([['p', 'pay'], ['p']]);
  // Return does not wait, and what was asked before says nothing any more.
  filter.type('payment');
  const late = answer;
  void filter.set('payments');
  late();
  await vi.advanceTimersByTimeAsync(10);
  expect([asked.at(-1), applied]).toEqual(['payments', ['p']]);
  answer();
  await vi.advanceTimersByTimeAsync(10);
  expect([asked.length, applied.at(-1)]).toEqual([3, 'payments']);
  vi.useRealTimers();
});

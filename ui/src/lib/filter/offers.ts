import type { Filter } from './filter.svelte';

/** One line that may stand in the box instead of what is typed. */
export type Offer = { line: string; text: string; detail: string; cursor: number };

/** What is offered: ways out of a mistake or a doubt, else ways to go on. */
export function offersOf(filter: Filter): Offer[] {
  const whole = (line: string): Offer => ({ line, text: line, detail: '', cursor: line.length });
  if (filter.mistake) return filter.mistake.suggestions.map(whole);
  const completions = filter.check?.completions ?? [];
  return completions.length > 0 ? completions : (filter.doubt?.suggestions.map(whole) ?? []);
}

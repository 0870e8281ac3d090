import type { Filter } from './filter.svelte';

/** One line that may stand in the box instead of what is typed. */
export type Offer = { line: string; text: string; detail: string; cursor: number };

/** Where an empty line may begin: what it understands, in the order in which it is wanted. */
const BEGINNINGS: [text: string, detail: string][] = [
  ['is:', 'active, done, unread, snoozed'],
  ['assignee:', 'me, a colleague, nobody'],
  ['tag:', 'a tag; -tag: leaves it out'],
  ['team:', 'a team'],
  ['channel:', 'email, chat, sms, whatsapp'],
  ['from:', 'who wrote'],
  ['older:', '30d: no change for so long'],
  ['"', 'a phrase anywhere in the text'],
];

/** What is offered: ways out of a mistake or a doubt, else ways to go on. */
export function offersOf(filter: Filter): Offer[] {
  const whole = (line: string): Offer => ({ line, text: line, detail: '', cursor: line.length });
  if (filter.mistake) return filter.mistake.suggestions.map(whole);
  if (filter.text === '')
    return BEGINNINGS.map(([text, detail]) => ({ line: text, text, detail, cursor: text.length }));
  const completions = filter.check?.completions ?? [];
  return completions.length > 0 ? completions : (filter.doubt?.suggestions.map(whole) ?? []);
}

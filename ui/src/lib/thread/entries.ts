import type { MessageView } from '../host/types';
import { dayRule } from '../words/time';

/** What stands in a thread, in order: day rules, messages and notes, runs of events, and the mark of what is new. */
export type Entry =
  | { kind: 'day'; key: string; label: string }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: MessageView }
  | { kind: 'events'; key: string; messages: MessageView[] };

export function entriesOf(messages: MessageView[], readUpTo: string | null, now: number): Entry[] {
  const entries: Entry[] = [];
  const readAt = messages.findIndex((message) => message.id === readUpTo);
  let day = '';
  messages.forEach((message, index) => {
    const label = dayRule(message.at, now);
    const isNew = readAt >= 0 && index === readAt + 1 && message.from === 'customer';
    if (label !== day && !isNew) entries.push({ kind: 'day', key: `day ${message.id}`, label });
    if (isNew) entries.push({ kind: 'new', key: 'new' });
    day = label;
    const last = entries.at(-1);
    if (message.kind !== 'event') entries.push({ kind: 'message', key: message.id, message });
    else if (last?.kind === 'events') last.messages.push(message);
    else entries.push({ kind: 'events', key: `events ${message.id}`, messages: [message] });
  });
  return entries;
}

// What happened in a thread while a reply was being written, and how long a channel still takes one.

import type { MessageView, ThreadView } from '../host/types';

const WINDOW = 24 * 3_600_000;
const WINDOWED = new Set(['whatsapp', 'facebook', 'instagram']);
const LIMITS: Record<string, number> = { whatsapp: 4096, facebook: 2000, instagram: 1000 };

/** The newest message of somebody else that came after `seen`; our own replies on their way do not count. */
export function meanwhile(view: ThreadView, seen: string | null, me: string): MessageView | null {
  if (seen === null) return null;
  const at = view.messages.findIndex((message) => message.id === seen);
  if (at < 0) return null;
  return (
    view.messages
      .slice(at + 1)
      .findLast(
        ({ kind, from, author, delivery }) =>
          kind === 'message' && delivery === null && (from === 'customer' || (from === 'agent' && author !== me)),
      ) ?? null
  );
}

/** When the channel stops taking replies, in milliseconds; null where it never does. */
export function closesAt(view: ThreadView): number | null {
  if (!WINDOWED.has(view.row.channel)) return null;
  const last = view.messages.findLast((message) => message.kind === 'message' && message.from === 'customer');
  return last ? new Date(last.at).getTime() + WINDOW : null;
}

/** The longest text that the channel takes. */
export function limitOf(channel: string): number | null {
  return LIMITS[channel] ?? null;
}

// When a reply that has not left does so, in a few words.

import type { OutboxItem } from '../host/types';
import { span } from '../ui/format';
import { ahead } from '../words/time';

/** "leaves in 7 s", "leaves Fri 09:00", "Paused by you". */
export function leaving({ state, leavesAt, why }: Pick<OutboxItem, 'state' | 'leavesAt' | 'why'>, now: number): string {
  if (leavesAt === null || state === 'paused') return why;
  const left = new Date(leavesAt).getTime() - now;
  if (left <= 0) return 'leaves now';
  return left < 60_000 || state === 'holding' ? `leaves in ${span(left)}` : `leaves ${ahead(leavesAt, now)}`;
}

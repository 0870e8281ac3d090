import type { Row } from '../host/types';
import { channelWord } from '../words/channel';
import { statusWord } from '../words/status';
import { span } from '../ui/format';
import { rowTime } from '../words/time';

const HOUR = 3_600_000;

/** What waits for the help desk on this row, in words; the heaviest first. */
export function pendingText({ pending, status }: Row): string | null {
  if (pending.includes('reply')) return 'Reply waiting';
  if (pending.includes('note')) return 'Note waiting';
  if (pending.includes('status')) return `${statusWord(status).label}, waiting`;
  if (pending.includes('assignee') || pending.includes('team')) return 'Assigning';
  if (pending.some((word) => word.startsWith('tag'))) return 'Tag waiting';
  if (pending.includes('priority')) return 'Priority waiting';
  if (pending.includes('follow')) return 'Follow waiting';
  return null;
}

/** The waiting time, written only from one hour. */
export function waitingText({ ball, waitingSince }: Row, now: number): string | null {
  if (!ball || waitingSince === null) return null;
  const waited = now - new Date(waitingSince).getTime();
  return waited >= HOUR ? span(waited) : null;
}

/** What a screen reader says of a row. */
export function rowLabel(row: Row, now: number): string {
  const parts = [
    row.name,
    row.subject || 'no subject',
    row.unread && 'unread',
    row.ball && 'needs reply',
    rowTime(row.updated, now),
    channelWord(row.channel).label,
    row.tags.length > 0 && `tags ${row.tags.join(', ')}`,
    pendingText(row),
  ];
  return parts.filter(Boolean).join(', ');
}

/** What the filter fixes, and a row therefore need not repeat. */
export type Fixed = { assignee: boolean; tags: ReadonlySet<string> };

export function fixedBy(terms: { key: string | null; value: string }[]): Fixed {
  return {
    assignee: terms.some(({ key, value }) => key === 'assignee:' && !value.includes(',')),
    tags: new Set(
      terms.flatMap(({ key, value }) => (key === 'tag:' && !value.includes(',') ? [value.replaceAll('"', '')] : [])),
    ),
  };
}

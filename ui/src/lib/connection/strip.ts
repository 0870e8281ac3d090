import type { AccountState } from '../host/types';
import { count, counted, span } from '../ui/format';
import { clockTime, daysAgo, messageTime } from '../words/time';

/** The words of the strip's connection part. */
export type ConnectionText = {
  tone: 'ok' | 'busy' | 'warn' | 'bad';
  label: string;
  detail: string | null;
  /** "next try in 38 s" */
  next: string | null;
};

export function connectionText({ connection, sync }: AccountState, now: number): ConnectionText {
  const { state, since, nextTry, message, freshAt } = connection;
  switch (state) {
    case 'online':
      if (sync.first) {
        const label = sync.remark === null ? 'Catching up' : 'Fetching again';
        return { tone: 'busy', label, detail: syncText(sync), next: null };
      }
      return { tone: 'ok', label: 'Online', detail: freshText(freshAt, now), next: null };
    case 'offline': {
      const label = since === null ? 'Offline' : `Offline since ${messageTime(since, now)}`;
      return { tone: 'warn', label, detail: message, next: nextText(nextTry, now) };
    }
    case 'keyRefused':
      return { tone: 'bad', label: 'Key refused', detail: null, next: null };
    case 'elsewhere':
      return { tone: 'ok', label: 'Online', detail: 'Another Muster on this computer does the syncing', next: null };
    case 'file':
      return sync.first
        ? { tone: 'warn', label: 'Import not finished', detail: 'Run musterctl import again', next: null }
        : { tone: 'ok', label: 'From a file', detail: 'Read-only: nothing can be changed or sent', next: null };
    default:
      return { tone: 'busy', label: 'Connecting', detail: null, next: null };
  }
}

/** "812 of about 2,000". */
export function syncText({ done, total }: AccountState['sync']): string {
  return total === null ? `${count(done)} so far` : `${count(done)} of about ${count(Math.max(done, total))}`;
}

function freshText(freshAt: string | null, now: number): string | null {
  if (freshAt === null) return null;
  const age = now - new Date(freshAt).getTime();
  return age < 2000 ? 'Up to date' : `Up to date, ${span(age)} ago`;
}

function nextText(nextTry: string | null, now: number): string | null {
  if (nextTry === null) return null;
  const left = new Date(nextTry).getTime() - now;
  return left <= 0 ? 'trying now' : `next try in ${span(left)}`;
}

export function waitingText(waiting: number): string {
  return waiting === 0 ? 'Nothing waiting' : `${counted(waiting, 'change')} waiting`;
}

/** The far end: how much is here, or how old it is. */
export function cacheText({ connection, cached }: AccountState, now: number): string {
  if (connection.state === 'offline' && connection.freshAt !== null) {
    const at =
      daysAgo(connection.freshAt, now) === 0 ? clockTime(connection.freshAt) : messageTime(connection.freshAt, now);
    return `Showing what was here at ${at}`;
  }
  return `${counted(cached, 'conversation')} on this computer`;
}

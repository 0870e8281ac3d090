import { describe, expect, it } from 'vitest';
import type { AccountState } from '../host/types';
import { cacheText, connectionText, waitingText } from './strip';

const NOW = new Date(2026, 4, 21, 14, 31, 0).getTime();
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const state = (
  connection: Partial<AccountState['connection']>,
  sync = { first: false, done: 0, total: null as number | null, remark: null as string | null },
) =>
  ({
    connection: { state: 'online', since: null, nextTry: null, message: null, freshAt: null, ...connection },
    sync,
    cached: 2000,
  }) as AccountState;

describe('the strip', () => {
  it('says how fresh things are', () => {
    expect(connectionText(state({ freshAt: ago(4) }), NOW)).toMatchObject({
      label: 'Online',
      detail: 'Up to date, 4 s ago',
    });
    expect(connectionText(state({ freshAt: ago(0.4) }), NOW).detail).toBe('Up to date');
  });

  it('says how far the first sync is', () => {
    const sync = { first: true, done: 812, total: 2000, remark: null };
    expect(connectionText(state({}, sync), NOW)).toMatchObject({
      tone: 'busy',
      label: 'Catching up',
      detail: '812 of about 2,000',
    });
    const again = { ...sync, remark: 'The copy on this computer was damaged and is being fetched again.' };
    expect(connectionText(state({}, again), NOW).label).toBe('Fetching again');
  });

  it('says since when it is offline, and when it tries again', () => {
    const offline = {
      state: 'offline',
      since: ago(120),
      nextTry: ago(-38),
      message: 'Cannot reach desk.example.',
      freshAt: ago(125),
    };
    expect(connectionText(state(offline), NOW)).toEqual({
      tone: 'warn',
      label: 'Offline since 14:29',
      detail: 'Cannot reach desk.example.',
      next: 'next try in 38 s',
    });
    expect(cacheText(state(offline), NOW)).toBe('Showing what was here at 14:28');
  });

  it('says that the key is refused', () => {
    expect(connectionText(state({ state: 'keyRefused' }), NOW)).toMatchObject({ tone: 'bad', label: 'Key refused' });
  });

  it('counts what waits, exactly', () => {
    expect(waitingText(0)).toBe('Nothing waiting');
    expect(waitingText(1)).toBe('1 change waiting');
    expect(waitingText(1284)).toBe('1,284 changes waiting');
    expect(cacheText(state({}), NOW)).toBe('2,000 conversations on this computer');
  });
});

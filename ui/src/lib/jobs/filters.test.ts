import { describe, expect, it } from 'vitest';
import { ANY, isNarrowed, rangeLabel, requestOf } from './filters';

const NOW = new Date(2026, 4, 21, 14, 31).getTime();

describe('the filters of the jobs page', () => {
  it('ask for everything when nothing is chosen', () => {
    expect(requestOf('a', ANY, NOW)).toMatchObject({ since: null, until: null, states: [], types: [], by: null });
    expect(isNarrowed(ANY)).toBe(false);
  });

  it('count whole days of the user’s zone', () => {
    expect(requestOf('a', { ...ANY, range: 'week' }, NOW).since).toBe(new Date(2026, 4, 15).toISOString());
    const days = { ...ANY, range: 'days', days: { from: '2026-05-12', to: '2026-05-21' } };
    expect(requestOf('a', days, NOW)).toMatchObject({
      since: new Date(2026, 4, 12).toISOString(),
      until: new Date(2026, 4, 22).toISOString(),
    });
    expect(rangeLabel(days)).toBe('12 May – 21 May');
  });

  it('name states, types and people', () => {
    const filters = { ...ANY, status: 'running', type: 'reply', by: 'mira' };
    expect(requestOf('a', filters, NOW)).toMatchObject({
      states: ['running', 'holding'],
      types: ['reply'],
      by: 'mira',
    });
    expect(isNarrowed(filters)).toBe(true);
  });
});

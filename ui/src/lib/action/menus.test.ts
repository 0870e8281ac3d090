import { describe, expect, it } from 'vitest';
import { assignOptions, statusOptions, tagOptions } from './menus';

const tags = ['vip', 'refund', 'Álbum'].map((name, color) => ({ name, color }));

describe('menus say what follows', () => {
  it('warns of what is final', () => {
    expect(statusOptions({ snooze: true, archive: true }).find((option) => option.value === 'archived')?.hint).toBe(
      'Final: cannot be undone',
    );
  });

  it('puts me first and nobody last', () => {
    const agents = ['jonas', 'mira'].map((handle) => ({ handle, name: handle, initials: '' }));
    const icons = { user: undefined, team: undefined, nobody: undefined };
    const options = assignOptions(
      { agents, teams: [{ handle: 'billing', name: 'Billing', members: 6 }] },
      'mira',
      icons,
      {
        noTeam: true,
      },
    );
    expect(options.map((option) => option.label)).toEqual(['mira', 'jonas', 'Billing', 'Nobody']);
  });

  it('ticks a tag that all carry, half-ticks one that some carry, and lists those first', () => {
    const carried: Record<string, number> = { vip: 3, refund: 1 };
    const options = tagOptions(tags, { total: 3, of: (tag) => carried[tag] ?? 0 });
    expect(options.map(({ label, state }) => [label, state])).toEqual([
      ['refund', 'mixed'],
      ['vip', 'on'],
      ['Álbum', 'off'],
    ]);
  });
});

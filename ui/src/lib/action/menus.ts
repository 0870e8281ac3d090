import type { DirectoryView } from '../host/types';
import { fold, type MenuOption } from '../ui/menu';
import { count } from '../ui/format';
import { PRIORITIES, priorityWord } from '../words/priority';
import { STATUSES } from '../words/status';
import { tagColor } from '../words/tag';

/** "Set the status of 1,283". A status that this help desk does not have says so. */
export function statusOptions(can: { snooze: boolean; archive: boolean }): MenuOption<string>[] {
  const missing: Record<string, string> = {
    ...(can.snooze ? {} : { snoozed: 'This help desk wakes nothing up by itself' }),
    ...(can.archive ? {} : { archived: 'This help desk has no final status' }),
  };
  const hints: Record<string, string> = {
    active: 'Back to work',
    snoozed: 'Choose until when',
    done: 'Reopens when the customer replies',
    archived: 'Final: cannot be undone',
    spam: 'Unwanted; leaves every view but Spam',
  };
  return Object.entries(STATUSES).map(([status, { label, icon }]) => ({
    key: status,
    value: status,
    label: status === 'snoozed' ? 'Snoozed…' : label,
    icon,
    hint: missing[status] ?? hints[status] ?? '',
    disabled: status in missing,
    ruled: status === 'archived',
    bad: status === 'archived',
    testid: `status-${status}`,
  }));
}

export type Assign = { agent: string } | { team: string } | { nobody: true };

export function assignOptions(
  { agents, teams }: Pick<DirectoryView, 'agents' | 'teams'>,
  me: string | null,
  icons: { user: MenuOption<Assign>['icon']; team: MenuOption<Assign>['icon']; nobody: MenuOption<Assign>['icon'] },
  can: { noTeam: boolean },
): MenuOption<Assign>[] {
  const mine = agents.filter((agent) => agent.handle === me);
  const others = agents.filter((agent) => agent.handle !== me);
  return [
    ...[...mine, ...others].map((agent) => ({
      key: `agent ${agent.handle}`,
      value: { agent: agent.handle },
      label: agent.name,
      icon: icons.user,
      end: agent.handle === me ? 'you' : undefined,
      testid: `assign-${agent.handle}`,
    })),
    ...teams.map((team, index) => ({
      key: `team ${team.handle}`,
      value: { team: team.handle },
      label: team.name,
      icon: icons.team,
      end: 'team',
      ruled: index === 0,
      testid: `assign-team-${team.handle}`,
    })),
    {
      key: 'nobody',
      value: { nobody: true },
      label: 'Nobody',
      hint: can.noTeam ? 'Takes agent and team away' : 'Takes the agent away; the team stays',
      icon: icons.nobody,
      ruled: true,
      testid: 'assign-nobody',
    },
  ];
}

/** "Priority of 1,283". */
export function priorityOptions(): MenuOption<string>[] {
  return PRIORITIES.toReversed().map((priority) => ({
    key: priority,
    value: priority,
    label: priorityWord(priority),
    ruled: priority === 'none',
    testid: `priority-${priority}`,
  }));
}

type Final = 'block' | 'delete';

/** What cannot be undone, apart from the rest; each opens the plan page first. What this help desk cannot do says so. */
export function finalOptions(
  icons: Record<Final, MenuOption<Final>['icon']>,
  can: Record<Final, boolean>,
): MenuOption<Final>[] {
  return [
    {
      key: 'block',
      value: 'block',
      label: 'Block contact…',
      hint: can.block ? 'Cannot be undone from here' : 'This help desk blocks nobody',
      disabled: !can.block,
      icon: icons.block,
      bad: true,
      testid: 'final-block',
    },
    {
      key: 'delete',
      value: 'delete',
      label: 'Delete…',
      hint: can.delete ? 'Final: cannot be undone' : 'This help desk deletes nothing',
      disabled: !can.delete,
      icon: icons.delete,
      bad: true,
      testid: 'final-delete',
    },
  ];
}

/** How many of the selected carry a tag, where that is known. */
export type TagUse = { total: number; of: (tag: string) => number | null };

/**
 * One checkbox per tag: on when all of them carry it, mixed when some do. A click adds where it is missing, and removes where all have it.
 */
export function tagOptions(tags: DirectoryView['tags'], use: TagUse): MenuOption<string>[] {
  return tags
    .map((tag) => {
      const carrying = use.of(tag.name) ?? 0;
      const state: 'on' | 'mixed' | 'off' =
        carrying >= use.total && use.total > 0 ? 'on' : carrying > 0 ? 'mixed' : 'off';
      return {
        key: tag.name,
        value: tag.name,
        label: tag.name,
        color: tagColor(tag.name, tag.color),
        end: carrying > 0 && use.total > 1 ? count(carrying) : undefined,
        state,
        testid: `tag-${tag.name}`,
      };
    })
    .sort(
      (a, b) => Number(b.state !== 'off') - Number(a.state !== 'off') || fold(a.label).localeCompare(fold(b.label)),
    );
}

/** The menus of the bulk bar, one open at a time. */
export type BulkMenu = 'status' | 'assign' | 'tags' | 'snooze' | 'priority' | 'more';

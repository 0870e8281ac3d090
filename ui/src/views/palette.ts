import Bookmark from '@lucide/svelte/icons/bookmark';
import ChevronRight from '@lucide/svelte/icons/chevron-right';
import Inbox from '@lucide/svelte/icons/inbox';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Search from '@lucide/svelte/icons/search';
import Tag from '@lucide/svelte/icons/tag';
import type { Component } from 'svelte';
import type { Row, Sidebar, ViewItem } from '../lib/host/types';
import { counted } from '../lib/ui/format';
import { fold } from '../lib/ui/menu';
import { type Action, actionFor, BINDINGS, type Situation } from './keymap';

/** One line of the palette, and what choosing it means. */
export type PaletteItem = {
  key: string;
  group: 'Do' | 'Go to' | 'Conversations' | 'Search';
  label: string;
  detail: string;
  icon: Component<{ class?: string }>;
  keys?: string;
  does:
    | { kind: 'action'; action: Action }
    | { kind: 'view'; view: ViewItem }
    | { kind: 'conversation'; id: string }
    | { kind: 'search'; filter: string };
};

/** What the engine found for the words typed. */
export type Found = { filter: string; rows: Row[]; total: number };

/** Moving about in a list is not worth a line of its own. */
const PLAIN = new Set<Action>([
  'next',
  'previous',
  'extendNext',
  'extendPrevious',
  'open',
  'tick',
  'escape',
  'pageDown',
  'pageUp',
  'jobPause',
  'jobStop',
  'jobRetry',
  'jobUndo',
  'jobAgain',
  'thread',
  'palette',
  'goSaved',
]);
const MOST = 6;

/** Everything that the words typed may mean: actions, views, conversations, a search. `>` asks for actions only, `#` for tags only. */
export function paletteItems(
  typed: string,
  sidebar: Sidebar | null,
  situation: Situation,
  found: Found | null,
): PaletteItem[] {
  const only = typed.startsWith('>') ? 'actions' : typed.startsWith('#') ? 'tags' : null;
  const words = (only ? typed.slice(1) : typed).trim();
  const wanted = fold(words);
  const fits = (label: string) => fold(label).includes(wanted);
  const items: PaletteItem[] = [];
  if (only !== 'tags') items.push(...actions(situation).filter(({ label }) => fits(label)));
  if (only !== 'actions') {
    const views = viewsOf(sidebar, only === 'tags').filter(({ label }) => fits(label));
    items.push(...views.slice(0, only === 'tags' ? 50 : MOST));
  }
  if (only === null && found !== null && words !== '') {
    items.push(...found.rows.map(conversation));
    items.push({
      key: 'search',
      group: 'Search',
      label: `All conversations matching “${found.filter}”`,
      detail: counted(found.total, 'match', 'matches'),
      icon: Search,
      keys: 'shift+enter',
      does: { kind: 'search', filter: found.filter },
    });
  }
  return items;
}

function actions(situation: Situation): PaletteItem[] {
  return (
    BINDINGS.flatMap((group) => group.bindings)
      .filter(({ action, keys }) => !PLAIN.has(action) && actionFor(keys[0] ?? '', situation) === action)
      .map(({ action, label, keys }) => ({
        key: `do ${action}`,
        group: action.startsWith('go') ? ('Go to' as const) : ('Do' as const),
        label,
        detail: '',
        icon: action === 'goJobs' ? ListChecks : ChevronRight,
        keys: keys[0] ?? '',
        does: { kind: 'action' as const, action },
      }))
      // The views have lines of their own.
      .filter(({ group, does }) => group !== 'Go to' || does.action === 'goJobs')
  );
}

const KEYS: Record<string, string> = {
  inbox: 'g i',
  unassigned: 'g u',
  following: 'g f',
  active: 'g a',
  snoozed: 'g h',
  done: 'g d',
};

function viewsOf(sidebar: Sidebar | null, tagsOnly: boolean): PaletteItem[] {
  if (sidebar === null) return [];
  const views = tagsOnly
    ? sidebar.tags
    : [...sidebar.mine, ...sidebar.everything, ...sidebar.saved, ...sidebar.teams, ...sidebar.tags];
  return views.map((view) => {
    const place = sidebar.saved.indexOf(view);
    const keys = KEYS[view.key] ?? (place >= 0 && place < 9 ? `g ${place + 1}` : undefined);
    return {
      key: `view ${view.key}`,
      group: 'Go to' as const,
      label: view.name,
      detail: counted(view.count, 'conversation'),
      icon: view.key.startsWith('tag:') ? Tag : place >= 0 ? Bookmark : Inbox,
      ...(keys ? { keys } : {}),
      does: { kind: 'view' as const, view },
    };
  });
}

function conversation(row: Row): PaletteItem {
  return {
    key: `row ${row.id}`,
    group: 'Conversations',
    label: row.name || 'Unknown sender',
    detail: row.subject || row.preview,
    icon: Inbox,
    does: { kind: 'conversation', id: row.id },
  };
}

/** Where the words typed stand in a label; nowhere if folding changed its length. */
export function labelMarks(label: string, typed: string): { at: number; len: number }[] {
  const wanted = fold(typed.replace(/^[>#]/, '').trim());
  const folded = fold(label);
  const at = wanted === '' || folded.length !== label.length ? -1 : folded.indexOf(wanted);
  return at < 0 ? [] : [{ at, len: wanted.length }];
}

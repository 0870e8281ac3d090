// The list: rows, filters, what is in a selection, and times as a person writes them.

import type { Facet, Row, SnoozeView } from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { inFull } from '../../lib/words/time';
import { check, marksOf } from './filter';
import type { Answers, Shop } from './shop';
import { instantOf } from './time';
import { AGENTS, TEAMS } from './world';

type Area = Answers<'list' | 'check_filter' | 'selection_summary' | 'resolve_snooze'>;

export function conversationAnswers(shop: Shop): Area {
  return {
    list: ({ filter, after, limit }) => {
      const rows = shop.rows(filter);
      const from = after === null ? 0 : rows.findIndex((row) => row.id === after) + 1;
      const page = rows.slice(from, from + limit);
      return {
        rows: page.map((row) => ({ ...row, ...rowMarks(row, filter) })),
        next: from + limit < rows.length ? (page.at(-1)?.id ?? null) : null,
        total: after === null ? rows.length : null,
        complete: shop.mode !== 'syncing',
        coverage:
          shop.mode === 'syncing'
            ? 'Covers everything since 1 March 2025. Older ones are still on their way from the help desk.'
            : null,
      };
    },
    check_filter: ({ text }) =>
      check(
        text,
        shop.world.map((one) => one.row),
      ),
    selection_summary: ({ selection }) => {
      const rows = shop.selected(selection).map((one) => one.row);
      const vip = rows.filter((row) => row.tags.includes('vip')).length;
      return {
        count: rows.length,
        facets: [
          facet(rows, 'Channel', (row) => channelWord(row.channel).label),
          facet(rows, 'Ball is with', (row) => (row.ball ? 'Us' : 'The customer')),
          facet(rows, 'Team', (row) => TEAMS.find((team) => team.handle === row.team)?.name ?? 'Nobody'),
          facet(rows, 'Assigned to', (row) => AGENTS.find((agent) => agent.handle === row.agent)?.name ?? 'Nobody'),
        ],
        warning:
          selection.filter !== null && vip > 0
            ? `${vip} ${vip === 1 ? 'is' : 'are'} tagged vip. The plan shows each of them before anything happens.`
            : null,
      };
    },
    resolve_snooze: ({ text }) => snooze(text, shop.now),
  };
}

function rowMarks(row: Row, filter: string) {
  return {
    nameMarks: marksOf(row.name, filter),
    subjectMarks: marksOf(row.subject, filter),
    previewMarks: marksOf(row.preview, filter),
  };
}

function facet(rows: Row[], title: string, of: (row: Row) => string): Facet {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(of(row), (counts.get(of(row)) ?? 0) + 1);
  return {
    title,
    values: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
  };
}

function snooze(text: string, now: number): SnoozeView {
  if (text === 'until reply') return { at: null, label: 'Until the customer replies', detail: 'no date', error: null };
  const at = instantOf(text, now);
  return at === null
    ? {
        at: null,
        label: '',
        detail: '',
        error: `“${text}” is not a time. Write for example 2h, monday or tomorrow 9.`,
      }
    : { at: new Date(at).toISOString(), label: inFull(at), detail: 'in a while, Berlin time', error: null };
}

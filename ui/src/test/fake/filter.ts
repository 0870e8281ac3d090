// Enough of the filter language for an invented world; the real parser is the engine's.

import { splitTerms } from '../../lib/filter/terms';
import type { FilterCheck, FilterCompletion, Mark, Row } from '../../lib/host/types';
import { AGENTS, ME, TAGS, TEAMS } from './world';

const KEYS = [
  'is:',
  'tag:',
  'assignee:',
  'team:',
  'channel:',
  'follows:',
  'mentions:',
  'older:',
  'newer:',
  'sort:',
  'unassigned',
];

/** Who wrote more than once. */
const MARTA = { email: 'customer0@mail.example', wrote: ['48000', '48030', '48044'] };

function matchesTerm(row: Row, text: string): boolean {
  const negated = text.startsWith('-');
  const bare = negated ? text.slice(1) : text;
  const [key = '', ...rest] = bare.split(':');
  const values = rest.join(':').replaceAll('"', '').toLowerCase().split(',');
  const any = (test: (value: string) => boolean) => values.some(test) !== negated;
  if (bare === 'unassigned') return (row.agent === null) !== negated;
  switch (rest.length === 0 ? '' : key) {
    case 'is':
      return any((value) => (value === 'unread' ? row.unread : row.status === value));
    case 'tag':
      return any((value) => row.tags.includes(value));
    case 'assignee':
      return any((value) => row.agent === (value === 'me' ? ME : value));
    case 'team':
      return any((value) => row.team === value);
    case 'channel':
      return any((value) => row.channel === value);
    case 'from':
      return any((value) =>
        value === MARTA.email ? MARTA.wrote.includes(row.id) : row.name.toLowerCase().includes(value),
      );
    case 'follows':
      return row.followed !== negated;
    case 'older':
    case 'newer':
    case 'sort':
      return true;
    default:
      return (
        `${row.name} ${row.subject} ${row.preview}`.toLowerCase().includes(bare.replaceAll('"', '').toLowerCase()) !==
        negated
      );
  }
}

export function matches(row: Row, filter: string): boolean {
  return splitTerms(filter).every((term) => matchesTerm(row, term.text));
}

export function check(text: string, rows: Row[]): FilterCheck {
  const terms = splitTerms(text);
  const age = terms.find((term) => /^(older|newer):/.test(term.text) && !/^\d+[hdwm]$/.test(term.value));
  if (age) {
    const line = (unit: string) =>
      text.replace(age.text, `${age.key ?? ''}${Number.parseInt(age.value, 10) || 30}${unit}`);
    return {
      error: {
        at: age.start + (age.key?.length ?? 0),
        len: age.value.length,
        message: `“${age.value}” is not an age. Write a number and a unit, for example 30d, 2w or 6h.`,
        suggestions: ['d', 'h', 'm'].map(line),
      },
      canonical: '',
      terms: [],
      count: null,
      without: [],
      doubt: null,
      completions: [],
    };
  }
  const count = (filter: string) => rows.filter((row) => matches(row, filter)).length;
  const without = terms.map((term, index) => {
    const filter = terms
      .filter((_, at) => at !== index)
      .map((other) => other.text)
      .join(' ');
    return { term: term.text, filter, count: count(filter) };
  });
  const matching = count(text);
  return {
    error: null,
    canonical: text.trim(),
    terms: terms.map((term) => ({
      key: term.key,
      value: term.value,
      negated: term.text.startsWith('-'),
      text: term.text,
    })),
    count: matching,
    without:
      matching === 0 && terms.length > 1
        ? without.filter((one) => one.count > 0).sort((a, b) => b.count - a.count)
        : [],
    doubt: doubtOf(text),
    completions: completions(text),
  };
}

/** A tag that the shop does not have. */
function doubtOf(text: string): FilterCheck['doubt'] {
  const term = splitTerms(text).find(({ key, value }) => key === 'tag:' && !TAGS.some(({ name }) => name === value));
  if (!term) return null;
  const meant = TAGS.find(({ name }) => name.startsWith(term.value.slice(0, 3)));
  const at = term.start + 4;
  return {
    at,
    len: term.value.length,
    message: `The help desk knows no tag "${term.value}".${meant ? ` Did you mean ${meant.name}?` : ''}`,
    suggestions: meant ? [text.slice(0, at) + meant.name + text.slice(term.end)] : [],
  };
}

/** Where the bare words of a filter stand in a text. */
export function marksOf(text: string, filter: string): Mark[] {
  const words = splitTerms(filter).filter(({ key, text: term }) => key === null && /^"?[a-z0-9]/i.test(term));
  const found = words.flatMap(({ text: word }) => {
    const at = text.toLowerCase().indexOf(word.replaceAll('"', '').toLowerCase());
    return at < 0 ? [] : [{ at, len: word.replaceAll('"', '').length }];
  });
  return found.sort((a, b) => a.at - b.at);
}

function completions(text: string): FilterCompletion[] {
  const word = /\S*$/.exec(text)?.[0] ?? '';
  if (word === '') return [];
  const head = text.slice(0, text.length - word.length);
  const values = [
    ...KEYS,
    ...TAGS.map((tag) => `tag:${tag.name}`),
    ...TEAMS.map((team) => `team:${team.handle}`),
    ...AGENTS.map((agent) => `assignee:${agent.handle}`),
    ...['active', 'snoozed', 'done', 'archived', 'spam', 'unread'].map((status) => `is:${status}`),
  ];
  return values
    .filter((value) => value.startsWith(word.toLowerCase()) && value !== word)
    .slice(0, 6)
    .map((value) => ({ text: value, detail: '', line: head + value, cursor: (head + value).length }));
}

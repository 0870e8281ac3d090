import type { AgentView, TeamView } from '../host/types';
import { fold } from '../ui/menu';

/** Somebody whom a note can call: a colleague, or a team and with it everybody in it. */
export type Callable = ({ kind: 'agent' } & AgentView) | ({ kind: 'team' } & TeamView);

/** `@Ai` before the caret, at the start of a word: where it begins, and what was typed after the sign. A name may have a space in it. */
export function mentionBefore(text: string, caret: number): { at: number; query: string } | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}._&-]*(?: [\p{L}\p{N}._&-]*){0,2})$/u.exec(text.slice(0, caret));
  const query = found?.[1];
  return query === undefined ? null : { at: caret - query.length - 1, query };
}

/** Of whose name, or of a part of it, this is the beginning; colleagues before teams. What is a whole name already asks for nobody. */
export function matching(agents: AgentView[], teams: TeamView[], query: string): Callable[] {
  const wanted = fold(query);
  const rank = ({ name, handle }: Callable) => {
    if (fold(name).startsWith(wanted)) return 0;
    const parts = [...name.split(/\s+/), handle];
    return parts.some((part) => fold(part).startsWith(wanted)) ? 1 : 2;
  };
  const all: Callable[] = [
    ...agents.map((agent) => ({ kind: 'agent' as const, ...agent })),
    ...teams.map((team) => ({ kind: 'team' as const, ...team })),
  ];
  const found = all
    .filter((one) => rank(one) < 2 && fold(one.name) !== wanted.trimEnd())
    .sort((a, b) => a.kind.localeCompare(b.kind) || rank(a) - rank(b) || a.name.localeCompare(b.name));
  // However many colleagues there are, a team that is meant shows.
  const some = found.filter(({ kind }) => kind === 'team').slice(0, 3);
  return [...found.filter(({ kind }) => kind === 'agent').slice(0, 7 - some.length), ...some];
}

/** A name cut at what was typed of it: before, that, and behind. */
export function cutAt(name: string, query: string): [string, string, string] {
  const [folded, wanted] = [fold(name), fold(query)];
  const at = folded.startsWith(wanted) ? 0 : folded.indexOf(` ${wanted}`) + 1;
  // Folding may change how many letters there are: then nothing is marked.
  const is = wanted !== '' && folded.length === name.length && folded.startsWith(wanted, at);
  return is ? [name.slice(0, at), name.slice(at, at + wanted.length), name.slice(at + wanted.length)] : [name, '', ''];
}

/** Where a note calls somebody, as ranges of its text: `@` and a name, a first name or a handle up to its own `@`. */
export function callsIn(text: string, names: string[]): { at: number; len: number }[] {
  const words = [...new Set(names.map(fold))].filter((word) => word !== '').sort((a, b) => b.length - a.length);
  const folded = fold(text);
  if (folded.length !== text.length) return [];
  return [...folded.matchAll(/(?<![\p{L}\p{N}])@/gu)].flatMap(({ index }) => {
    const word = words.find(
      (one) => folded.startsWith(one, index + 1) && !/^[\p{L}\p{N}]/u.test(folded.slice(index + 1 + one.length)),
    );
    return word === undefined ? [] : [{ at: index, len: word.length + 1 }];
  });
}

/** A text cut where it calls somebody; what was searched for stays marked in each piece. */
export function cutAtCalls(
  text: string,
  calls: { at: number; len: number }[],
  marks: { at: number; len: number }[],
): { text: string; isCall: boolean; marks: { at: number; len: number }[] }[] {
  const edges = [0, ...calls.flatMap(({ at, len }) => [at, at + len]), text.length];
  return edges.slice(1).flatMap((end, index) => {
    const start = edges[index] ?? 0;
    if (end <= start) return [];
    const inside = marks.flatMap(({ at, len }) => {
      const [from, until] = [Math.max(at, start), Math.min(at + len, end)];
      return until > from ? [{ at: from - start, len: until - from }] : [];
    });
    return [{ text: text.slice(start, end), isCall: index % 2 === 1, marks: inside }];
  });
}

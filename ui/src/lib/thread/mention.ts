import type { AgentView } from '../host/types';
import { fold } from '../ui/menu';

/** `@Ai` before the caret, at the start of a word: where it begins, and what was typed after the sign. A name may have a space in it. */
export function mentionBefore(text: string, caret: number): { at: number; query: string } | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u.exec(text.slice(0, caret));
  const query = found?.[1];
  return query === undefined ? null : { at: caret - query.length - 1, query };
}

/** Colleagues of whose name, or of a part of it, this is the beginning. What is a whole name already asks for nobody. */
export function matching(agents: AgentView[], query: string): AgentView[] {
  const wanted = fold(query);
  const rank = ({ name, handle }: AgentView) => {
    if (fold(name).startsWith(wanted)) return 0;
    const parts = [...name.split(/\s+/), handle];
    return parts.some((part) => fold(part).startsWith(wanted)) ? 1 : 2;
  };
  return agents
    .filter((agent) => rank(agent) < 2 && fold(agent.name) !== wanted.trimEnd())
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, 6);
}

/** A name cut at what was typed of it: before, that, and behind. */
export function cutAt(name: string, query: string): [string, string, string] {
  const [folded, wanted] = [fold(name), fold(query)];
  const at = folded.startsWith(wanted) ? 0 : folded.indexOf(` ${wanted}`) + 1;
  // Folding may change how many letters there are: then nothing is marked.
  const is = wanted !== '' && folded.length === name.length && folded.startsWith(wanted, at);
  return is ? [name.slice(0, at), name.slice(at, at + wanted.length), name.slice(at + wanted.length)] : [name, '', ''];
}

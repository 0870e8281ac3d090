// The filter line cut into the terms that stand in it, for showing them as chips. The engine parses; this only cuts at spaces
// outside quotes and parentheses, so that joining the terms with a space gives the line back.

export type Term = { text: string; start: number; end: number; key: string | null; value: string };

export function splitTerms(line: string): Term[] {
  const terms: Term[] = [];
  let start = -1;
  let depth = 0;
  let quoted = false;
  const close = (end: number) => {
    if (start < 0) return;
    const text = line.slice(start, end);
    const colon = /^-?[a-z_]+:/i.exec(text)?.[0] ?? null;
    terms.push({ text, start, end, key: colon, value: colon ? text.slice(colon.length) : text });
    start = -1;
  };
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] ?? '';
    if (/\s/.test(char) && !quoted && depth === 0) {
      close(index);
      continue;
    }
    if (start < 0) start = index;
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '(') depth += 1;
    else if (!quoted && char === ')') depth = Math.max(0, depth - 1);
  }
  close(line.length);
  return terms;
}

/** The line without its `index`-th term. */
export function withoutTerm(line: string, index: number): string {
  return splitTerms(line)
    .filter((_, at) => at !== index)
    .map((term) => term.text)
    .join(' ');
}

/** Whether any term looks for words in the text, so that there is something to mark. */
export function asksForText(terms: Term[]): boolean {
  return terms.some(({ key, text }) => key === null && !/^-?(unassigned|untagged)$|^(OR|AND)$/.test(text));
}

/** The line with `text` in place of what stands from `start` to `end`. */
export function replaceSpan(line: string, start: number, end: number, text: string): string {
  return line.slice(0, start) + text + line.slice(end);
}

const NUMBERS = ['no', 'one', 'both', 'three', 'four', 'five', 'six'];

/** "No conversation matches all four terms". */
export function noMatchTitle(terms: number): string {
  if (terms === 0) return 'No conversation here';
  if (terms === 1) return 'No conversation matches this term';
  return terms === 2
    ? 'No conversation matches both terms'
    : `No conversation matches all ${NUMBERS[terms] ?? terms} terms`;
}

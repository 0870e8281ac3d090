// Merge tags in a text: which there are, where they stand, and what stands in for an empty one.

export const MERGE_TAGS: { tag: string; label: string }[] = [
  { tag: '{{customer_first_name|there}}', label: 'First name, or “there”' },
  { tag: '{{customer_name}}', label: 'Full name' },
  { tag: '{{customer_email}}', label: 'E-mail address' },
  { tag: '{{case_number}}', label: 'Case number' },
  { tag: '{{conversation_subject}}', label: 'Subject' },
  { tag: '{{conversation_id}}', label: 'Conversation id' },
  { tag: '{{agent_first_name}}', label: 'Your first name' },
  { tag: '{{agent_name}}', label: 'Your name' },
  { tag: '{{tenant_name}}', label: 'Company' },
];

const TITLES: Record<string, string> = {
  customer_first_name: 'first name',
  customer_name: 'full name',
  customer_email: 'e-mail address',
  case_number: 'case number',
  conversation_subject: 'subject',
  conversation_id: 'conversation id',
  agent_first_name: 'your first name',
  agent_name: 'your name',
  tenant_name: 'company',
};

// A name stays in one piece at the end of a line.
const SHOWN = new Map(Object.entries(TITLES).map(([tag, title]) => [tag, title.replaceAll(' ', '\u00a0')]));
const NAMED = new Map(Object.entries(TITLES).map(([tag, title]) => [title, tag]));

/** The text as it is edited: a tag that we know stands there by the name that a person understands. */
export function friendly(text: string): string {
  return renamed(text, (tag) => SHOWN.get(tag));
}

/** The text as the engine takes it, of what was edited. */
export function wireOf(shown: string): string {
  return renamed(shown, (name) => NAMED.get(name.replaceAll('\u00a0', ' ')));
}

function renamed(text: string, other: (tag: string) => string | undefined): string {
  return piecesOf(text)
    .map(({ text, tag, fallback }) => {
      const name = tag === null ? undefined : other(tag);
      return name === undefined ? text : `{{${name}${fallback === null ? '' : `|${fallback}`}}}`;
    })
    .join('');
}

/** A stretch of a text. With a tag it is merged, and `fallback` stands in where there is no value. */
export type Piece = { text: string; at: number; tag: string | null; fallback: string | null };

/** The text cut into what is written and what is merged. */
export function piecesOf(text: string): Piece[] {
  let at = 0;
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece) => {
      const start = at;
      at += piece.length;
      if (!piece.startsWith('{{')) return { text: piece, at: start, tag: null, fallback: null };
      const [tag = '', fallback = null] = piece.slice(2, -2).split(/\|(.*)/s);
      return { text: piece, at: start, tag: tag.trim(), fallback: fallback === null ? null : fallback.trim() };
    })
    .filter((piece) => piece.text !== '');
}

/** Whether a tag can be without a value for somebody: what is ours never is. */
export function canBeEmpty(tag: string): boolean {
  return !/^(agent_|tenant_|conversation_id$)/.test(tag);
}

/** The merge tag that the caret stands in or touches. */
export function tagAt(text: string, caret: number): Piece | null {
  return (
    piecesOf(text).find((piece) => piece.tag !== null && piece.at < caret && caret <= piece.at + piece.text.length) ??
    null
  );
}

/** The text with another fallback in that tag; an empty one takes it away. */
export function withFallback(text: string, piece: Piece, fallback: string): string {
  // These would end the tag.
  const clean = fallback.replace(/[{}|]/g, '');
  const tag = clean === '' ? `{{${piece.tag ?? ''}}}` : `{{${piece.tag ?? ''}|${clean}}}`;
  return text.slice(0, piece.at) + tag + text.slice(piece.at + piece.text.length);
}

/** `customer_first_name` → "first name"; of a custom field its key. */
export function tagTitle(tag: string): string {
  return TITLES[tag] ?? (tag.split('.').at(-1) ?? tag).replaceAll('_', ' ');
}

export type Run = { text: string; look: 'plain' | 'brace' | 'rule' | 'mark' };

/** A piece cut into what is drawn differently, letter for letter: a tag's braces and rule, and in plain text the marked character. */
export function runsOf({ text, tag }: Piece, marked: string | null): Run[] {
  const cut =
    tag !== null
      ? [text.slice(0, 2), ...text.slice(2, -2).split(/(\|)/), text.slice(-2)]
      : marked === null
        ? [text]
        : text.split(marked).flatMap((part, index) => (index > 0 ? [marked, part] : [part]));
  return cut
    .map((part): Run => ({
      text: part,
      look:
        tag === null
          ? part === marked
            ? 'mark'
            : 'plain'
          : part === '{{' || part === '}}'
            ? 'brace'
            : part === '|'
              ? 'rule'
              : 'plain',
    }))
    .filter((run) => run.text !== '');
}

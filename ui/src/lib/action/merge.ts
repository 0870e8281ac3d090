// Merge tags in a text: which there are, and where they stand, for showing them as chips.

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

export type Piece = { text: string; tag: string | null };

/** The text cut into what is written and what is merged. */
export function piecesOf(text: string): Piece[] {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .filter((piece) => piece !== '')
    .map((piece) => ({
      text: piece,
      tag: piece.startsWith('{{') ? (piece.slice(2, -2).split('|')[0] ?? '').trim() : null,
    }));
}

/** An order of the list; it is a term of the filter, so that a view can keep it. */
export type Sort = { term: string; label: string };

const LAST_UPDATE: Sort = { term: '', label: 'Last update' };
export const SORTS: Sort[] = [
  LAST_UPDATE,
  { term: 'sort:waiting', label: 'Waiting longest' },
  { term: 'sort:created', label: 'Newest first' },
  { term: 'sort:priority', label: 'Priority' },
];

export function sortOf(terms: { text: string }[]): Sort {
  const term = terms.find(({ text }) => text.startsWith('sort:'))?.text;
  if (term === undefined) return LAST_UPDATE;
  return SORTS.find((sort) => sort.term === term) ?? { term, label: term };
}

/** Whom something is written for: the customer, or the team. */
export type Writes = 'reply' | 'note';

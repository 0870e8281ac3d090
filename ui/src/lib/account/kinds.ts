/** Help desks that the window can sign in to. */
export const KINDS = [{ kind: 'muster', label: 'Muster desk' }] as const;

/** One kind of help desk, in the words of the form. */
export type Kind = {
  kind: string;
  label: string;
  placeholder: string;
  /** Where its key is found. */
  where: string;
  /** Whether a key says by itself whose it is. */
  saysWhose: (key: string) => boolean;
};

/** Nothing chosen: the address says it. */
export const ANY: Kind = {
  kind: '',
  label: 'Find out from the address',
  placeholder: 'https://desk.example',
  where: 'Create one in your help desk under Settings, API keys.',
  saysWhose: () => true,
};

/** Help desks that the window can sign in to. */
export const KINDS: readonly Kind[] = [
  ANY,
  { ...ANY, kind: 'muster', label: 'Muster desk' },
  {
    kind: 'rt',
    label: 'Request Tracker 5',
    placeholder: 'https://rt.example',
    where:
      'In Request Tracker: Logged in as › Settings › Auth Tokens. Without that entry ask its administrator for the right ManageAuthTokens.',
    saysWhose: (key) => /^1-\d+-\w+$/.test(key.trim()),
  },
  {
    ...ANY,
    kind: 'fernand',
    label: 'Fernand',
    placeholder: 'https://api.getfernand.com',
    where: 'In Fernand: dashboard › Integrations › API Key.',
  },
];

export function kindOf(kind: string): Kind {
  return KINDS.find((one) => one.kind === kind) ?? ANY;
}

// What a text costs as SMS, counted as it is typed. The rule is the engine's (`muster_model::sms`): GSM 03.38 if every character fits,
// else UCS-2 for the whole text.

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '^{}\\[~]|€\f';

const TWINS: [characters: string, plain: string][] = [
  ['‐‑‒–—―−•·', '-'],
  ['‘’‚‛‹›´`′', "'"],
  ['“”„‟«»″', '"'],
  ['…', '...'],
  ['\u{a0}\u{2002}\u{2003}\u{2009}\u{202f}', ' '],
  ['\u{200b}\u{feff}', ''],
];

export type Segments = {
  count: number;
  /** Characters used, and how many fit into so many segments. */
  units: number;
  room: number;
  /** A character that makes it longer, what to write instead, and how many segments that leaves. */
  fix: { find: string; replace: string; count: number } | null;
};

function septets(character: string): number | null {
  if (BASIC.includes(character)) return 1;
  return EXTENSION.includes(character) ? 2 : null;
}

function twin(character: string): string | null {
  return TWINS.find(([characters]) => characters.includes(character))?.[1] ?? null;
}

function counted(text: string): { count: number; units: number; room: number; long: boolean } {
  const characters = [...text];
  const long = characters.some((character) => septets(character) === null);
  const [alone, inSeries] = long ? [70, 67] : [160, 153];
  let [units, series, filled] = [0, 0, inSeries];
  for (const character of characters) {
    const width = long ? character.length : (septets(character) ?? 1);
    units += width;
    // A character of two units is never split between messages.
    if (filled + width > inSeries) {
      series += 1;
      filled = 0;
    }
    filled += width;
  }
  const count = units === 0 ? 0 : units <= alone ? 1 : series;
  return { count, units, room: count <= 1 ? alone : count * inSeries, long };
}

export function segments(text: string): Segments {
  const { count, units, room, long } = counted(text);
  const plain = (words: string) => [...words].map((one) => (septets(one) === null ? (twin(one) ?? one) : one)).join('');
  const find = long ? [...text].find((one) => septets(one) === null && twin(one) !== null) : undefined;
  const shorter = counted(plain(text)).count;
  const fix = find !== undefined && shorter < count ? { find, replace: twin(find) ?? '', count: shorter } : null;
  return { count, units, room, fix };
}

/** "The dash “–”", "The quotation mark “’”". */
export function characterName(character: string): string {
  const [kind] = TWINS.find(([characters]) => characters.includes(character)) ?? [''];
  if (kind.startsWith('‐')) return `The dash “${character}”`;
  if (kind.startsWith('‘') || kind.startsWith('“')) return `The quotation mark ${character}`;
  if (kind.startsWith('…')) return `The dots “${character}”`;
  return kind.startsWith('\u{a0}') ? 'A wide space' : `The character “${character}”`;
}

// Numbers and words as people read them. English for now; every count goes through here.

const plain = new Intl.NumberFormat('en-GB');

/** 1284 → "1,284". Exact, always. */
export function count(value: number): string {
  return plain.format(value);
}

/** "1 person", "1,284 people". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 312000 → "312 kB". */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1_000_000) return `${Math.round(value / 1000)} kB`;
  return `${(value / 1_000_000).toFixed(value < 10_000_000 ? 1 : 0)} MB`;
}

/** ["a", "b", "c"] → "a, b and c". */
export function list(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** "marta wiśniewska" → "MW"; one word gives its first two letters where the script has letters of such a kind. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s-]/gu, ' ')
    .split(/[\s-]+/)
    .filter(Boolean);
  const first = words[0] ?? '';
  if (words.length < 2) return [...first].slice(0, 2).join('').toUpperCase();
  const last = words.at(-1) ?? '';
  return [...first]
    .slice(0, 1)
    .concat([...last].slice(0, 1))
    .join('')
    .toUpperCase();
}

/** "In 40 s", "5 min", "3 h", "12 d": one unit, rounded down. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** "18 h 28 min", "2 d 3 h": two units, for instants ahead. */
export function spanFine(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const [big, small, units] =
    minutes < 1440
      ? [Math.floor(minutes / 60), minutes % 60, ['h', 'min']]
      : [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), ['d', 'h']];
  return small ? `${big} ${units[0]} ${small} ${units[1]}` : `${big} ${units[0]}`;
}

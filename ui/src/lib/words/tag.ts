// A tag's colour is a dot, never more: one of eight hues, from the help desk or, without one, from its name.

const HUES = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey'] as const;

export function tagColor(name: string, hue?: number | null): string {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 8191;
  return `var(--t-${HUES[(hue ?? sum) % HUES.length] ?? 'grey'})`;
}

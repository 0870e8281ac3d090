import { keyCaps } from '../lib/ui/keys';
import { fold } from '../lib/ui/menu';
import { BINDINGS, INSIDE } from './keymap';

export type Shortcut = { keys: string; label: string };
export type ShortcutGroup = { title: string; keys: Shortcut[] };

/** Every group of the sheet: what the window takes, and with it what parts of it take. */
function all(): ShortcutGroup[] {
  const groups = BINDINGS.map(({ title, bindings }) => ({
    title,
    keys: bindings.map(({ keys, label }) => ({ keys: keys[0] ?? '', label })),
  }));
  for (const { title, keys } of INSIDE) {
    const known = groups.find((group) => group.title === title);
    if (known) known.keys.push(...keys);
    else groups.splice(groups.length - 1, 0, { title, keys: [...keys] });
  }
  return groups;
}

/** What is called so, or has this key; everything while nothing is typed. */
export function shortcuts(typed: string): ShortcutGroup[] {
  const wanted = fold(typed.trim());
  const fits = ({ keys, label }: Shortcut) =>
    wanted === '' ||
    (wanted.length > 1 && fold(label).includes(wanted)) ||
    keyCaps(keys).some((cap) => fold(cap) === wanted || fold(cap).split(' ').at(-1) === wanted);
  return all()
    .map(({ title, keys }) => ({ title, keys: keys.filter(fits) }))
    .filter(({ keys }) => keys.length > 0);
}

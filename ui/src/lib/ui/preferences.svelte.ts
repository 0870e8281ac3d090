import { createContext } from 'svelte';

export type Theme = 'system' | 'light' | 'dark';
type Kept = { theme: Theme; isCompact: boolean; goesOn: boolean };

const KEY = 'preferences';
const USUAL: Kept = { theme: 'system', isCompact: false, goesOn: true };

/** How the window looks and goes on, as this person likes it: remembered on this computer, for every account. */
export class Preferences {
  readonly #memory: Pick<Storage, 'getItem' | 'setItem'> | null;
  #kept = $state.raw<Kept>(USUAL);
  readonly theme = $derived(this.#kept.theme);
  /** Rows of two lines instead of three. */
  readonly isCompact = $derived(this.#kept.isCompact);
  /** What was done opens the next conversation. */
  readonly goesOn = $derived(this.#kept.goesOn);

  constructor(memory: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#memory = memory;
    this.#kept = read(memory?.getItem(KEY) ?? null);
  }

  set(part: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...part };
    this.#memory?.setItem(KEY, JSON.stringify(this.#kept));
  }
}

/** Whatever stands there: what cannot be used is as it usually is. */
function read(text: string | null): Kept {
  try {
    const found: unknown = JSON.parse(text ?? '{}');
    const { theme, isCompact, goesOn } = (typeof found === 'object' && found !== null ? found : {}) as Partial<Kept>;
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : USUAL.theme,
      isCompact: isCompact === true,
      goesOn: goesOn !== false,
    };
  } catch {
    return USUAL;
  }
}

export const [getPreferences, setPreferences] = createContext<Preferences>();

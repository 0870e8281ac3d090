import { createContext } from 'svelte';

type More = {
  /** After the bold words. */
  detail?: string;
  bad?: boolean;
  testid?: string;
  /** With the key that does the same, where there is one, and what it will do in full. */
  action?: { label: string; keys?: string; hint?: string; run: () => void };
};
export type Announcement = More & { text: string };

/** What the program says of itself, in the one place where it does: the strip. Stays 10 s, never covers anything. */
export class Announcer {
  #said = $state.raw<Announcement | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly said = $derived(this.#said);

  say(text: string, more: More = {}): void {
    clearTimeout(this.#timer);
    this.#said = { ...more, text };
    this.#timer = setTimeout(() => (this.#said = null), 10_000);
  }

  fail(text: string): void {
    this.say(text, { bad: true });
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.#said = null;
  }

  act(): void {
    const action = this.#said?.action;
    this.dismiss();
    action?.run();
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();

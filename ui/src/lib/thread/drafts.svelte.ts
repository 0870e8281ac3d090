import { SvelteMap } from 'svelte/reactivity';

/** What is written and not sent, by conversation: opening another one and coming back loses nothing. */
export class Drafts {
  readonly #texts = new SvelteMap<string, string>();

  of(id: string): string {
    return this.#texts.get(id) ?? '';
  }

  write(id: string, text: string): void {
    if (text === '') this.#texts.delete(id);
    else this.#texts.set(id, text);
  }

  drop(id: string): void {
    this.#texts.delete(id);
  }
}

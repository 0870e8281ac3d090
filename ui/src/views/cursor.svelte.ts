import type { ConversationList } from '../lib/conversation/list.svelte';

/** The row that the keyboard is on. Where its row goes, it keeps its place in the list: the next move leads to the row that stands there now. */
export class Cursor {
  readonly #list: ConversationList;
  #at = $state<string | null>(null);
  #ring = $state(false);
  #place = -1;
  /** Its row went, and the one in its place was not moved to. */
  #fell = false;

  readonly at = $derived(this.#at);
  /** The last move came from the keyboard, so it shows. */
  readonly ring = $derived(this.#ring);

  constructor(list: ConversationList) {
    this.#list = list;
  }

  set(id: string | null, ring = this.#ring): void {
    this.#at = id;
    this.#ring = ring;
    this.#fell = false;
    this.#place = id === null ? -1 : this.#list.ids.indexOf(id);
  }

  /** The keyboard came into the list: it is on a row at once, on the open one if that is there. */
  enter(open: string | null): void {
    const { ids } = this.#list;
    const at = [this.#at, open].find((id) => id !== null && ids.includes(id)) ?? ids[0];
    if (at !== undefined) this.set(at, true);
  }

  /** The row that lies so far on; `open` stands in while the keyboard was on none. */
  step(by: 1 | -1, open: string | null): string | undefined {
    const { ids } = this.#list;
    const at = this.#at === null ? -1 : ids.indexOf(this.#at);
    const from = at < 0 && open !== null ? ids.indexOf(open) : at;
    const next = this.#fell && by > 0 ? from : from + by;
    return ids[Math.min(Math.max(next, 0), ids.length - 1)];
  }

  /** The list was read again. */
  keep(): void {
    const { ids } = this.#list;
    if (this.#at === null) return;
    const at = ids.indexOf(this.#at);
    if (at >= 0) {
      this.#place = at;
      return;
    }
    if (this.#place < 0) return;
    this.#at = ids[Math.min(this.#place, ids.length - 1)] ?? null;
    this.#fell = this.#at !== null;
  }
}

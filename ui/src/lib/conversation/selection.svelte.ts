import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { SelectionView } from '../host/types';

type Snapshot = { ids: string[]; all: string | null; except: string[] };

/**
 * What is ticked. Symbolic: a handful of ids, or "everything this filter matches, except …"; the window never holds 50,000 ids.
 */
export class Selection {
  readonly #ids = new SvelteSet<string>();
  readonly #except = new SvelteSet<string>();
  #all = $state<string | null>(null);
  /** Where a shift-range starts. */
  #anchor: string | null = null;
  #undo: Snapshot | null = null;

  readonly isAll = $derived(this.#all !== null);
  readonly isEmpty = $derived(this.#all === null && this.#ids.size === 0);
  readonly leftOut = $derived(this.#except.size);
  readonly ids = $derived([...this.#ids]);

  has(id: string): boolean {
    return this.#all === null ? this.#ids.has(id) : !this.#except.has(id);
  }

  /** How many are selected, given how many the filter matches. */
  count(total: number): number {
    return this.#all === null ? this.#ids.size : Math.max(0, total - this.#except.size);
  }

  toggle(id: string): void {
    this.set(id, !this.has(id));
    this.#anchor = id;
  }

  set(id: string, on: boolean): void {
    const [set, add] = this.#all === null ? [this.#ids, on] : [this.#except, !on];
    if (add) set.add(id);
    else set.delete(id);
  }

  /** Gives every row from the anchor to `id` the anchor's state; both ends belong to it. */
  extend(id: string, rows: string[]): void {
    const from = this.#anchor === null ? -1 : rows.indexOf(this.#anchor);
    const to = rows.indexOf(id);
    if (from < 0 || to < 0) {
      this.toggle(id);
      return;
    }
    const on = this.#anchor === null || this.has(this.#anchor) || this.isEmpty;
    for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) this.set(row, on);
  }

  /** The row that a following shift-range starts from. */
  anchorAt(id: string): void {
    this.#anchor = id;
  }

  /** Ticks exactly the rows loaded so far. */
  selectShown(rows: string[]): void {
    this.#reset();
    for (const id of rows) this.#ids.add(id);
  }

  selectAllMatching(filter: string): void {
    this.#reset();
    this.#all = filter;
  }

  /** Unticks everything. Answers whether there was anything, and remembers it for `restore`. */
  clear(): boolean {
    if (this.isEmpty) return false;
    this.#undo = { ids: [...this.#ids], all: this.#all, except: [...this.#except] };
    this.#reset();
    return true;
  }

  /** Takes back the last `clear`. */
  restore(): void {
    if (!this.#undo) return;
    const { ids, all, except } = this.#undo;
    this.#reset();
    this.#all = all;
    for (const id of ids) this.#ids.add(id);
    for (const id of except) this.#except.add(id);
    this.#undo = null;
  }

  wire(): SelectionView {
    return this.#all === null
      ? { ids: [...this.#ids], filter: null, except: [] }
      : { ids: null, filter: this.#all, except: [...this.#except] };
  }

  #reset(): void {
    this.#ids.clear();
    this.#except.clear();
    this.#all = null;
    this.#anchor = null;
  }
}

export const [getSelection, setSelection] = createContext<Selection>();

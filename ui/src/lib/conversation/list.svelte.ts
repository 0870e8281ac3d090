import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { Row, UiError } from '../host/types';
import { Latest } from '../ui/later';

const PAGE = 60;
/** The most rows that one change event re-reads; what lies below is read again when scrolled to. */
const REREAD = 400;

/**
 * The rows of the current filter, as far as they were scrolled to. While the order is held (the pointer is in the list, or something is
 * ticked) changes arrive in place: rows keep their seat, leaving ones are dimmed, new ones are only counted.
 */
export class ConversationList {
  readonly #host: Host;
  readonly #account: string;
  readonly #latest = new Latest();
  #rows = $state.raw<Row[]>([]);
  #total = $state<number | null>(null);
  #coverage = $state<string | null>(null);
  #waiting = $state.raw<{ rows: Row[]; next: string | null } | null>(null);
  #gone = $state.raw(new Set<string>());
  #error = $state.raw<UiError | null>(null);
  #loading = $state(true);
  #next: string | null = null;
  #more: Promise<void> | null = null;
  #filter = '';
  #shown = $state(0);
  /** Remarks that were looked at, by row. */
  readonly #seen = new SvelteMap<string, string>();

  /** Rises whenever another filter is shown: the list starts at its top again. */
  readonly shown = $derived(this.#shown);
  readonly rows = $derived(this.#rows);
  readonly ids = $derived(this.#rows.map((row) => row.id));
  readonly total = $derived(this.#total);
  /** What of the filter's matches is not on this computer, in a sentence. */
  readonly coverage = $derived(this.#coverage);
  readonly error = $derived(this.#error);
  readonly loading = $derived(this.#loading);
  /** New rows that wait above until the order is let go. */
  readonly arrived = $derived.by(() => {
    const known = new Set(this.ids);
    return this.#waiting?.rows.filter((row) => !known.has(row.id)).length ?? 0;
  });

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  isLeaving(id: string): boolean {
    return this.#gone.has(id);
  }

  row(id: string | null): Row | undefined {
    return id === null ? undefined : this.#rows.find((row) => row.id === id);
  }

  remark(row: Row): string | null {
    return row.remark !== null && this.#seen.get(row.id) === row.remark ? null : row.remark;
  }

  markSeen(row: Row | undefined): void {
    if (row?.remark) this.#seen.set(row.id, row.remark);
  }

  /** Shows another filter, from the top. What stood there stays until the answer is here. */
  async show(filter: string): Promise<void> {
    this.#filter = filter;
    this.#loading = true;
    await this.#read(PAGE, false);
    this.#loading = false;
    this.#shown += 1;
  }

  /**
   * Reads again what is shown. With `held`, rows keep their places. Answers whether the list is as it was read here: a newer question may have
   * been asked meanwhile, whose answer is still on its way.
   */
  async refresh(held: boolean): Promise<boolean> {
    return this.#read(Math.min(Math.max(this.#rows.length, PAGE), REREAD), held);
  }

  /** Lets the held order go. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#gone = new Set();
    if (waiting) this.#place(waiting.rows, waiting.next);
  }

  /** The next page, once at a time. */
  more(): Promise<void> {
    if (this.#next === null || this.#waiting) return Promise.resolve();
    this.#more ??= this.#readMore(this.#next).finally(() => (this.#more = null));
    return this.#more;
  }

  async #read(limit: number, held: boolean): Promise<boolean> {
    const ticket = this.#latest.begin();
    try {
      const page = await this.#host.call('list', { account: this.#account, filter: this.#filter, after: null, limit });
      if (!this.#latest.is(ticket)) return false;
      this.#error = null;
      this.#total = page.total;
      this.#coverage = page.coverage;
      if (held) this.#hold(page.rows, page.next);
      else {
        this.#waiting = null;
        this.#gone = new Set();
        this.#place(page.rows, page.next);
      }
      return true;
    } catch (thrown) {
      if (this.#latest.is(ticket)) this.#error = asUiError(thrown);
      return false;
    }
  }

  #hold(rows: Row[], next: string | null): void {
    const fresh = new Map(rows.map((row) => [row.id, row]));
    // Below the rows that were read again nothing is known, so nothing there is called gone.
    const covered = next === null ? this.#rows.length : rows.length;
    this.#gone = new Set(this.#rows.slice(0, covered).flatMap((row) => (fresh.has(row.id) ? [] : [row.id])));
    this.#rows = this.#rows.map((row) => fresh.get(row.id) ?? row);
    this.#waiting = { rows, next };
  }

  #place(rows: Row[], next: string | null): void {
    // Rows below the part that was read again keep their places if the joint still fits.
    const joint = next === null ? -1 : this.#rows.findIndex((row) => row.id === rows.at(-1)?.id);
    const known = new Set(rows.map((row) => row.id));
    const tail =
      rows.length >= REREAD && joint >= 0 ? this.#rows.slice(joint + 1).filter((row) => !known.has(row.id)) : [];
    this.#rows = [...rows, ...tail];
    if (tail.length === 0) this.#next = next;
  }

  async #readMore(after: string): Promise<void> {
    const ticket = this.#latest.begin();
    try {
      const page = await this.#host.call('list', { account: this.#account, filter: this.#filter, after, limit: PAGE });
      if (!this.#latest.is(ticket)) return;
      const known = new Set(this.ids);
      this.#rows = [...this.#rows, ...page.rows.filter((row) => !known.has(row.id))];
      this.#next = page.next;
    } catch (thrown) {
      if (this.#latest.is(ticket)) this.#error = asUiError(thrown);
    }
  }
}

export const [getList, setList] = createContext<() => ConversationList>();

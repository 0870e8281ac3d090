import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { Mark, ThreadView, UiError } from '../host/types';
import { Latest } from '../ui/later';

/** The open conversation: what is here is shown at once, and re-read when an event says that it changed. */
export class OpenThread {
  readonly #host: Host;
  readonly #account: string;
  readonly #latest = new Latest();
  #id = $state<string | null>(null);
  #view = $state.raw<ThreadView | null>(null);
  #error = $state.raw<UiError | null>(null);
  #hits = $state.raw(new Map<string, Mark[]>());
  #sought = '';
  /** The read mark when the thread was opened: the rule "New since you last looked" stays put while it is open. */
  #readUpTo = $state<string | null>(null);

  readonly id = $derived(this.#id);
  readonly view = $derived(this.#view);
  readonly error = $derived(this.#error);
  /** Where the filter's words stand, by message. */
  readonly hits = $derived(this.#hits);
  readonly readUpTo = $derived(this.#readUpTo);

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async open(id: string): Promise<void> {
    if (id !== this.#id) {
      this.#id = id;
      this.#view = null;
      this.#error = null;
      this.#hits = new Map();
    }
    const first = this.#view === null;
    await this.refresh();
    if (first && this.#id === id) this.#readUpTo = this.#view?.readUpTo ?? null;
    if (this.#id === id && this.#view?.row.unread) {
      await this.#host.call('mark_read', { account: this.#account, id }).catch(() => undefined);
    }
  }

  close(): void {
    this.#latest.begin();
    this.#id = null;
    this.#view = null;
    this.#error = null;
  }

  async refresh(): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    const ticket = this.#latest.begin();
    try {
      const view = await this.#host.call('thread', { account: this.#account, id });
      if (!this.#latest.is(ticket)) return;
      this.#view = view;
      this.#error = null;
      await this.#mark(ticket, id);
    } catch (thrown) {
      if (this.#latest.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  /** The filter whose words are marked in the messages. */
  async seek(filter: string): Promise<void> {
    this.#sought = filter;
    if (this.#id !== null && this.#view !== null) await this.#mark(this.#latest.begin(), this.#id);
  }

  async #mark(ticket: number, id: string): Promise<void> {
    const filter = this.#sought;
    if (filter === '') {
      this.#hits = new Map();
      return;
    }
    const none = { messages: [] };
    const { messages } = await this.#host.call('thread_hits', { account: this.#account, id, filter }).catch(() => none);
    if (this.#latest.is(ticket)) this.#hits = new Map(messages.map((message) => [message.id, message.marks]));
  }
}

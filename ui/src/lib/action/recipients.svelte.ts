import { asUiError, type Host } from '../host/host';
import type { Recipient, RenderedMessage, UiError } from '../host/types';
import { Latest } from '../ui/later';

const PAGE = 60;

/** The people of a plan as its page lists them: page by page, of one verdict or all, and what the shown one would get. */
export class Recipients {
  readonly #host: Host;
  readonly #plan: () => string;
  readonly #messages: boolean;
  readonly #pages = new Latest();
  readonly #rendered = new Latest();
  #list = $state.raw<Recipient[]>([]);
  #total = $state(0);
  #message = $state.raw<RenderedMessage | null>(null);
  #error = $state.raw<UiError | null>(null);
  /** Only recipients with this verdict are listed. */
  #verdict = $state<string | null>(null);
  #shown = $state<string | null>(null);

  readonly list = $derived(this.#list);
  readonly total = $derived(this.#total);
  readonly message = $derived(this.#message);
  readonly error = $derived(this.#error);
  readonly verdict = $derived(this.#verdict);
  readonly at = $derived(this.#list.findIndex((person) => person.id === this.#shown));
  readonly shown = $derived(this.#list[this.at] ?? null);

  constructor(host: Host, plan: () => string, messages: boolean) {
    this.#host = host;
    this.#plan = plan;
    this.#messages = messages;
  }

  show(verdict: string | null): void {
    this.#verdict = verdict;
    void this.#read(0, PAGE);
  }

  /** After an edit: everything that is listed, with its new verdicts. */
  refresh(): Promise<void> {
    return this.#read(0, Math.max(PAGE, this.#list.length));
  }

  more(): void {
    if (this.#list.length < this.#total) void this.#read(this.#list.length, PAGE);
  }

  async open(id: string): Promise<void> {
    this.#shown = id;
    const ticket = this.#rendered.begin();
    if (!this.#messages) return;
    try {
      const message = await this.#host.call('plan_message', { plan: this.#plan(), id });
      if (this.#rendered.is(ticket)) this.#message = message;
    } catch (thrown) {
      if (this.#rendered.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  /** The next or previous recipient. */
  step(by: 1 | -1): void {
    const next = this.#list[this.at + by];
    if (next) void this.open(next.id);
    if (this.at + by >= this.#list.length - 5) this.more();
  }

  async #read(offset: number, limit: number): Promise<void> {
    const ticket = this.#pages.begin();
    try {
      const page = await this.#host.call('plan_people', {
        plan: this.#plan(),
        verdict: this.#verdict,
        offset,
        limit,
      });
      if (!this.#pages.is(ticket)) return;
      this.#list = offset === 0 ? page.people : [...this.#list, ...page.people];
      this.#total = page.total;
      this.#error = null;
      const shown = this.shown ?? this.#list[0];
      if (shown) await this.open(shown.id);
      else this.#message = null;
    } catch (thrown) {
      if (this.#pages.is(ticket)) this.#error = asUiError(thrown);
    }
  }
}

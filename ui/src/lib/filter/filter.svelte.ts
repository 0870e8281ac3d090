import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { FilterCheck } from '../host/types';
import { gathered, Latest } from '../ui/later';
import { splitTerms } from './terms';

/**
 * The filter box: what is typed, what the engine says of it, and the last text that made sense – which is what the list shows.
 */
export class Filter {
  readonly #host: Host;
  readonly #account: string;
  readonly #onapply: (text: string) => void;
  readonly #latest = new Latest();
  /** Asked at once and one question at a time: the answer is on this computer, and a pause would be the longest part of it. */
  readonly #later = gathered(0, () => this.#ask());
  #text = $state('');
  #applied = $state('');
  #cursor: number | null = null;
  #check = $state.raw<FilterCheck | null>(null);
  #failure = $state<string | null>(null);

  readonly text = $derived(this.#text);
  readonly applied = $derived(this.#applied);
  readonly check = $derived(this.#check);
  readonly mistake = $derived(this.#check?.error ?? null);
  readonly failure = $derived(this.#failure);
  /** The filter can be read, and names what the help desk does not know. */
  readonly doubt = $derived(this.#text === this.#applied ? (this.#check?.doubt ?? null) : null);
  readonly terms = $derived(splitTerms(this.#applied));

  constructor(host: Host, account: string, onapply: (text: string) => void) {
    this.#host = host;
    this.#account = account;
    this.#onapply = onapply;
  }

  /** While typing; `cursor` is where the next letter would go. */
  type(text: string, cursor: number | null = null): void {
    this.#text = text;
    this.#cursor = cursor;
    this.#later.call();
  }

  /** The cursor moved without typing: what may stand there is another question. */
  moveTo(cursor: number | null): void {
    if (cursor === this.#cursor) return;
    this.#cursor = cursor;
    this.#later.call();
  }

  /** A view, a suggestion, Return: at once. */
  async set(text: string, cursor: number | null = null): Promise<void> {
    this.#later.cancel();
    this.#text = text;
    this.#cursor = cursor;
    await this.#ask();
  }

  /** A text that is known to make sense, such as a view's: shown before the engine has said anything of it. */
  show(text: string): void {
    this.#later.cancel();
    this.#text = text;
    this.#cursor = null;
    this.#apply(text);
    void this.#ask();
  }

  /** Back to the last text that made sense. */
  revert(): void {
    this.#later.cancel();
    this.#latest.begin();
    this.#text = this.#applied;
    this.#check = null;
    this.#failure = null;
    void this.#ask();
  }

  /** Asks again: the counts of what one term less would give are as old as the list. */
  async recheck(): Promise<void> {
    if (this.#text === this.#applied) await this.#ask();
  }

  async #ask(): Promise<void> {
    const ticket = this.#latest.begin();
    const text = this.#text;
    try {
      const check = await this.#host.call('check_filter', { account: this.#account, text, cursor: this.#cursor });
      if (!this.#latest.is(ticket)) return;
      this.#check = check;
      this.#failure = null;
      if (check.error === null) this.#apply(text.trim());
    } catch (thrown) {
      if (this.#latest.is(ticket)) this.#failure = asUiError(thrown).message;
    }
  }

  #apply(text: string): void {
    if (text === this.#applied) return;
    this.#applied = text;
    this.#onapply(text);
  }
}

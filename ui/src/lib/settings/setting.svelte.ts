import { asUiError } from '../host/host';
import type { UiError } from '../host/types';

/** Settings of an account that the engine keeps, so that a terminal has the same. */
export class Setting<View extends object> {
  readonly #ask: () => Promise<View>;
  readonly #save: (view: View) => Promise<View>;
  #now = $state.raw<View | null>(null);
  #error = $state.raw<UiError | null>(null);

  /** `null` until they were read. */
  readonly now = $derived(this.#now);
  readonly error = $derived(this.#error);

  constructor(ask: () => Promise<View>, save: (view: View) => Promise<View>) {
    this.#ask = ask;
    this.#save = save;
  }

  async read(): Promise<void> {
    await this.#take(this.#ask());
  }

  /** Shown at once; what could not be kept goes back to what is so. */
  async set(part: Partial<View>): Promise<void> {
    const before = this.#now;
    if (before === null) return;
    this.#now = { ...before, ...part };
    if (!(await this.#take(this.#save(this.#now)))) this.#now = before;
  }

  async #take(answer: Promise<View>): Promise<boolean> {
    try {
      this.#now = await answer;
      this.#error = null;
      return true;
    } catch (thrown) {
      this.#error = asUiError(thrown);
      return false;
    }
  }
}

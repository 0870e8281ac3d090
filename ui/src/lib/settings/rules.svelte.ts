import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { SendingRulesView, UiError } from '../host/types';

/** How replies of an account leave when nobody says otherwise: kept in its journal, so that a terminal has the same. */
export class SendingRules {
  readonly #host: Host;
  readonly #account: string;
  #rules = $state.raw<SendingRulesView | null>(null);
  #error = $state.raw<UiError | null>(null);

  /** `null` until they were read. */
  readonly rules = $derived(this.#rules);
  readonly error = $derived(this.#error);

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async read(): Promise<void> {
    await this.#take(this.#host.call('sending_rules', { account: this.#account }));
  }

  /** Shown at once; what could not be kept goes back to what is so. */
  async set(part: Partial<SendingRulesView>): Promise<void> {
    const before = this.#rules;
    if (before === null) return;
    this.#rules = { ...before, ...part };
    const saved = this.#host.call('save_sending_rules', { account: this.#account, rules: this.#rules });
    if (!(await this.#take(saved))) this.#rules = before;
  }

  async #take(answer: Promise<SendingRulesView>): Promise<boolean> {
    try {
      this.#rules = await answer;
      this.#error = null;
      return true;
    } catch (thrown) {
      this.#error = asUiError(thrown);
      return false;
    }
  }
}

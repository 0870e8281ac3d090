import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { AccountCheck, AccountSummary } from '../host/types';
import { debounced, Latest } from '../ui/later';
import { kindOf } from './kinds';

/** The form of a new account: what is typed is checked against the help desk after a short rest. */
export class SignIn {
  readonly #host: Host;
  readonly #latest = new Latest();
  readonly #later = debounced(400, () => void this.#ask());
  #check = $state.raw<AccountCheck | null>(null);
  #error = $state<string | null>(null);
  #checking = $state(false);
  #working = $state<'add' | 'demo' | null>(null);
  /** What was chosen; empty: find it out from the address. */
  kind = $state('');
  url = $state('');
  login = $state('');
  key = $state('');

  readonly check = $derived(this.#check);
  readonly error = $derived(this.#error);
  readonly checking = $derived(this.#checking);
  readonly working = $derived(this.#working);
  /** The kind that was chosen, or that answers at the address. */
  readonly known = $derived(kindOf(this.kind === '' ? (this.#check?.kind ?? '') : this.kind));
  /** Whether the key leaves open whose it is. */
  readonly asksLogin = $derived(this.key.trim() !== '' && !this.known.saysWhose(this.key));
  readonly ready = $derived(this.url.trim() !== '' && this.key.trim() !== '' && this.#working === null);

  constructor(host: Host) {
    this.#host = host;
  }

  edited(): void {
    this.#check = null;
    this.#error = null;
    this.#latest.begin();
    if (/^https?:\/\/\S+/.test(this.url.trim())) this.#later.call();
    else this.#later.cancel();
  }

  async add(): Promise<AccountSummary | null> {
    if (!this.ready) return null;
    const account = { name: '', ...this.#where, key: this.key.trim() };
    return this.#work('add', () => this.#host.call('add_account', account));
  }

  get #where(): { kind: string; url: string; user: string | null } {
    const login = this.login.trim();
    return { kind: this.kind, url: this.url.trim(), user: this.asksLogin && login !== '' ? login : null };
  }

  async openDemo(): Promise<AccountSummary | null> {
    return this.#work('demo', () => this.#host.call('open_demo_desk', {}));
  }

  async #work(what: 'add' | 'demo', run: () => Promise<AccountSummary>): Promise<AccountSummary | null> {
    this.#later.cancel();
    this.#working = what;
    this.#error = null;
    try {
      const account = await run();
      this.key = '';
      return account;
    } catch (thrown) {
      this.#error = asUiError(thrown).message;
      return null;
    } finally {
      this.#working = null;
    }
  }

  async #ask(): Promise<void> {
    const ticket = this.#latest.begin();
    this.#checking = true;
    try {
      const check = await this.#host.call('check_account', {
        ...this.#where,
        key: this.key.trim() === '' ? null : this.key.trim(),
      });
      if (this.#latest.is(ticket)) this.#check = check;
    } catch (thrown) {
      if (this.#latest.is(ticket)) this.#error = asUiError(thrown).message;
    } finally {
      if (this.#latest.is(ticket)) this.#checking = false;
    }
  }
}

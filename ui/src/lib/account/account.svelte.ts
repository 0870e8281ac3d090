import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { AccountState, Sidebar, UiError } from '../host/types';
import type { Directory } from '../words/directory.svelte';

/** The account in the window: its state and its sidebar, re-read whenever an event says that they changed. */
export class Account {
  readonly #host: Host;
  readonly #directory: Directory;
  readonly id: string;
  #state = $state.raw<AccountState | null>(null);
  #sidebar = $state.raw<Sidebar | null>(null);
  #error = $state.raw<UiError | null>(null);

  readonly state = $derived(this.#state);
  readonly sidebar = $derived(this.#sidebar);
  readonly error = $derived(this.#error);
  /** Imported from a file: it can be read, and nothing else. */
  readonly isFile = $derived(this.#state?.account.kind === 'file');
  readonly isOffline = $derived(this.#state?.connection.state === 'offline');

  constructor(host: Host, id: string, directory: Directory) {
    this.#host = host;
    this.id = id;
    this.#directory = directory;
  }

  async refresh(): Promise<void> {
    try {
      this.take(await this.#host.call('account_state', { account: this.id }));
    } catch (thrown) {
      this.#error = asUiError(thrown);
    }
  }

  take(state: AccountState): void {
    this.#state = state;
    this.#error = null;
    this.#directory.update(state);
  }

  async refreshSidebar(): Promise<void> {
    try {
      this.#sidebar = await this.#host.call('sidebar', { account: this.id });
    } catch {
      // The list beside it says what is wrong; the counts stay as they were.
    }
  }

  async tryNow(): Promise<void> {
    this.take(await this.#host.call('try_now', { account: this.id }));
  }
}

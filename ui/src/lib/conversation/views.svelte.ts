import { asUiError, type Host } from '../host/host';
import type { ViewItem } from '../host/types';
import type { Announcer } from '../ui/announcer.svelte';

/** Saving, renaming, moving and forgetting views. The sidebar is read again when the engine says that they changed. */
export class Views {
  readonly #host: Host;
  readonly #account: string;
  readonly #announcer: Announcer;

  constructor(host: Host, account: string, announcer: Announcer) {
    this.#host = host;
    this.#account = account;
    this.#announcer = announcer;
  }

  /** Why it was not saved, or nothing. */
  save(name: string, filter: string): Promise<string | null> {
    return this.#put(null, name, filter);
  }

  rename(view: ViewItem, name: string): Promise<string | null> {
    return this.#put(idOf(view), name, view.filter);
  }

  async change(view: ViewItem, filter: string): Promise<void> {
    const failed = await this.#put(idOf(view), view.name, filter);
    if (failed !== null) this.#announcer.fail(failed);
  }

  async move(view: ViewItem, up: boolean): Promise<void> {
    await this.#try(() => this.#host.call('move_view', { account: this.#account, id: idOf(view), up }));
  }

  /** The strip takes it back. */
  async remove(view: ViewItem): Promise<void> {
    const done = await this.#try(() => this.#host.call('remove_view', { account: this.#account, id: idOf(view) }));
    if (!done) return;
    this.#announcer.say(`The view ${view.name} is deleted`, {
      action: { label: 'Undo', run: () => void this.#put(idOf(view), view.name, view.filter) },
    });
  }

  async #put(id: string | null, name: string, filter: string): Promise<string | null> {
    try {
      await this.#host.call('save_view', { account: this.#account, id, name, filter });
      return null;
    } catch (thrown) {
      return asUiError(thrown).message;
    }
  }

  async #try(run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (thrown) {
      this.#announcer.fail(asUiError(thrown).message);
      return false;
    }
  }
}

function idOf(view: ViewItem): string {
  return view.key.slice(view.key.indexOf(':') + 1);
}

import type { Host } from '../host/host';
import type { Row, ThreadView } from '../host/types';
import { Latest } from '../ui/later';

const FEW = 6;

/** What else the contact of a conversation wrote, newest first: asked for once a contact, and again when told. */
export class Others {
  readonly #host: Host;
  readonly #account: string;
  readonly #latest = new Latest();
  #of = '';
  #rows = $state.raw<Row[]>([]);
  #total = $state(0);

  readonly rows = $derived(this.#rows);
  /** The conversation itself counts as one. */
  readonly total = $derived(this.#total);

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async load(view: ThreadView): Promise<void> {
    const filter = filterOf(view);
    const of = `${view.row.id} ${view.row.updated} ${filter ?? ''}`;
    if (of === this.#of) return;
    this.#of = of;
    const ticket = this.#latest.begin();
    const request = { account: this.#account, filter: filter ?? '', after: null, limit: FEW + 1 };
    const page = filter === null ? null : await this.#host.call('list', request).catch(() => null);
    if (!this.#latest.is(ticket)) return;
    this.#rows = (page?.rows ?? []).filter((row) => row.id !== view.row.id).slice(0, FEW);
    this.#total = page?.total ?? 0;
  }
}

/** The filter for everything by this contact; none where nothing tells them from others. */
export function filterOf({ email, phone }: Pick<ThreadView, 'email' | 'phone'>): string | null {
  const who = email ?? phone;
  return who === null ? null : `from:${/^[\w.+@-]+$/.test(who) ? who : JSON.stringify(who)}`;
}

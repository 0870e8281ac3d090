import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { Attention, AttentionItem, Outbox, OutboxItem, UiError } from '../host/types';
import { gathered } from '../ui/later';

/** Items of one job, together. */
export type Group<Item> = { job: string; name: string; items: Item[] };

export function byJob<Item extends { job: string; jobName: string }>(items: Item[]): Group<Item>[] {
  const groups = new Map<string, Group<Item>>();
  for (const item of items) {
    const group = groups.get(item.job) ?? { job: item.job, name: item.jobName, items: [] };
    group.items.push(item);
    groups.set(item.job, group);
  }
  return [...groups.values()];
}

export const keyOf = (item: { job: string; id: string }) => `${item.job} ${item.id}`;

/** What needs a human, and what has not left: two views of the jobs page, read again whenever a job moves on. */
export class Waiting {
  readonly #host: Host;
  readonly #account: string;
  readonly #moved = gathered(250, () => this.refresh());
  #view: 'attention' | 'outbox' | null = null;
  #attention = $state.raw<Attention | null>(null);
  #outbox = $state.raw<Outbox | null>(null);
  #error = $state.raw<UiError | null>(null);
  #current = $state<string | null>(null);

  readonly attention = $derived(this.#attention);
  readonly outbox = $derived(this.#outbox);
  readonly error = $derived(this.#error);
  /** In the order in which they are listed, which the arrow keys follow. */
  readonly #items = $derived<(AttentionItem | OutboxItem)[]>(
    byJob<AttentionItem | OutboxItem>(this.#attention?.items ?? this.#outbox?.items ?? []).flatMap((one) => one.items),
  );
  /** The item that is open; the first where none was chosen or it is settled. */
  readonly current = $derived(this.#items.find((item) => keyOf(item) === this.#current) ?? this.#items[0] ?? null);
  readonly attentive = $derived(
    this.#attention?.items.find((item) => this.current !== null && keyOf(item) === keyOf(this.current)) ?? null,
  );
  readonly leaving = $derived(
    this.#outbox?.items.find((item) => this.current !== null && keyOf(item) === keyOf(this.current)) ?? null,
  );

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async show(view: 'attention' | 'outbox' | null): Promise<void> {
    if (view !== this.#view) {
      this.#attention = null;
      this.#outbox = null;
    }
    this.#view = view;
    await this.refresh();
  }

  /** Opens an item: of this job and, where told, this conversation. */
  choose(job: string, conversation?: string): void {
    const found = this.#items.find(
      (item) => item.job === job && (conversation === undefined || item.id === conversation),
    );
    if (found) this.#current = keyOf(found);
  }

  move(by: 1 | -1): void {
    const at = this.current === null ? -1 : this.#items.indexOf(this.current);
    const next = this.#items[Math.min(Math.max(at + by, 0), this.#items.length - 1)];
    if (next) this.#current = keyOf(next);
  }

  update(): void {
    if (this.#view !== null) this.#moved.call();
  }

  async refresh(): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    // An item that is settled gives its place to the one that follows it.
    const at = this.current === null ? 0 : this.#items.indexOf(this.current);
    try {
      if (view === 'attention') {
        const read = await this.#host.call('attention', { account: this.#account });
        if (this.#view === view) this.#attention = read;
      } else {
        const read = await this.#host.call('outbox', { account: this.#account });
        if (this.#view === view) this.#outbox = read;
      }
      this.#error = null;
    } catch (thrown) {
      this.#error = asUiError(thrown);
    }
    if (!this.#items.some((item) => keyOf(item) === this.#current)) {
      const next = this.#items[Math.min(Math.max(at, 0), this.#items.length - 1)];
      this.#current = next ? keyOf(next) : null;
    }
  }
}

import { SvelteSet } from 'svelte/reactivity';
import { asUiError, type Host } from '../host/host';
import type { SpotChecked } from '../host/types';
import { Latest } from '../ui/later';

/** Ten recipients to skim before anything leaves: the same ten as long as the audience is the same. */
export class SpotCheck {
  readonly #host: Host;
  readonly #plan: () => string;
  readonly #asked = new Latest();
  readonly #skimmed = new SvelteSet<string>();
  #people = $state.raw<SpotChecked[]>([]);
  #at = $state(0);
  #error = $state<string | null>(null);

  readonly people = $derived(this.#people);
  readonly at = $derived(this.#at);
  readonly current = $derived(this.#people[this.#at] ?? null);
  readonly skimmed = $derived(this.#people.filter((one) => this.#skimmed.has(one.recipient.id)).length);
  readonly error = $derived(this.#error);

  constructor(host: Host, plan: () => string) {
    this.#host = host;
    this.#plan = plan;
  }

  wasSkimmed(id: string): boolean {
    return this.#skimmed.has(id);
  }

  /** Reads them anew; what changed since has to be skimmed again. */
  async read(): Promise<void> {
    const ticket = this.#asked.begin();
    try {
      const { people } = await this.#host.call('plan_spot_check', { plan: this.#plan() });
      if (!this.#asked.is(ticket)) return;
      for (const one of this.#people)
        if (!people.some((now) => now.recipient.id === one.recipient.id && now.text === one.text))
          this.#skimmed.delete(one.recipient.id);
      this.#people = people;
      this.#error = null;
      this.go(Math.min(this.#at, Math.max(0, people.length - 1)));
    } catch (thrown) {
      if (this.#asked.is(ticket)) this.#error = asUiError(thrown).message;
    }
  }

  go(index: number): void {
    const one = this.#people[index];
    if (!one) return;
    this.#at = index;
    this.#skimmed.add(one.recipient.id);
  }
}

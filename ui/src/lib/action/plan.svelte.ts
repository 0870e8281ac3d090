import { SvelteSet } from 'svelte/reactivity';
import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { ChangeView, PlanView, Recipient, RenderedMessage, UiError } from '../host/types';
import { count } from '../ui/format';
import { debounced, Latest } from '../ui/later';
import { changeOf } from './change';

const PAGE = 60;

/**
 * A plan on its page: the audience is frozen, everything else can be edited, and every figure follows each edit. Nothing leaves before
 * `confirm`, and `confirm` names exactly the revision and the number that stood on the button.
 */
export class Plan {
  readonly #host: Host;
  readonly #edits = new Latest();
  readonly #peopleAsked = new Latest();
  readonly #messageAsked = new Latest();
  readonly #later = debounced(200, () => void this.#send());
  readonly #dropped = new SvelteSet<string>();
  readonly #leftOut = new SvelteSet<string>();
  #view = $state.raw<PlanView>() as PlanView;
  #dirty = $state(false);
  #people = $state.raw<Recipient[]>([]);
  #peopleTotal = $state(0);
  #message = $state.raw<RenderedMessage | null>(null);
  #error = $state.raw<UiError | null>(null);
  #conflict = $state<string | null>(null);
  #confirming = $state(false);
  #change: ChangeView;

  readonly isReply: boolean;
  text = $state('');
  done = $state(false);
  name = $state('');
  typed = $state('');
  /** Only recipients with this verdict are listed. */
  verdict = $state<string | null>(null);
  person = $state<string | null>(null);

  readonly view = $derived(this.#view);
  readonly people = $derived(this.#people);
  readonly peopleTotal = $derived(this.#peopleTotal);
  readonly message = $derived(this.#message);
  readonly error = $derived(this.#error);
  /** Why the plan has to be looked at again. */
  readonly conflict = $derived(this.#conflict);
  readonly confirming = $derived(this.#confirming);
  readonly change = $derived.by(() => this.#changeNow());
  readonly numberTyped = $derived(
    !this.#view.typeNumber || this.typed.replace(/[\s,.’']/g, '') === String(this.#view.count),
  );
  readonly ready = $derived.by(
    () =>
      this.#view.count > 0 &&
      this.numberTyped &&
      !this.#dirty &&
      !this.#confirming &&
      (!this.isReply || (this.text.trim() !== '' && this.#view.unknownTags.length === 0)),
  );

  constructor(host: Host, view: PlanView, change: ChangeView, isReply: boolean) {
    this.#host = host;
    this.#view = view;
    this.#change = change;
    this.isReply = isReply;
    this.name = view.name;
    void this.#readPeople(0);
  }

  isDropped(verdict: string): boolean {
    return this.#dropped.has(verdict);
  }

  isLeftOut(id: string): boolean {
    return this.#leftOut.has(id);
  }

  /** Takes or drops a whole group of recipients. */
  toggleGroup(verdict: string): void {
    if (!this.#dropped.delete(verdict)) this.#dropped.add(verdict);
    this.edited();
  }

  toggleLeftOut(id: string): void {
    if (!this.#leftOut.delete(id)) this.#leftOut.add(id);
    this.edited();
  }

  /** Tells the engine after a short rest; until its answer the button is off, for its number would be old. */
  edited(): void {
    this.#dirty = true;
    this.#conflict = null;
    this.#later.call();
  }

  show(verdict: string | null): void {
    this.verdict = verdict;
    void this.#readPeople(0);
  }

  morePeople(): void {
    if (this.#people.length < this.#peopleTotal) void this.#readPeople(this.#people.length);
  }

  async open(id: string): Promise<void> {
    this.person = id;
    const ticket = this.#messageAsked.begin();
    if (!this.isReply) return;
    try {
      const message = await this.#host.call('plan_message', { plan: this.#view.plan, id });
      if (this.#messageAsked.is(ticket)) this.#message = message;
    } catch (thrown) {
      if (this.#messageAsked.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  /** The next or previous recipient. */
  step(by: 1 | -1): void {
    const at = this.#people.findIndex((person) => person.id === this.person);
    const next = this.#people[at + by];
    if (next) void this.open(next.id);
    if (at + by >= this.#people.length - 5) this.morePeople();
  }

  /** Answers the job, or null when there is something to look at first. */
  async confirm(): Promise<string | null> {
    if (!this.ready) return null;
    this.#confirming = true;
    const { plan, revision, count: seen } = this.#view;
    try {
      const answer = await this.#host.call('confirm', { plan, revision, count: seen });
      if (answer.conflict) {
        this.#conflict = `The plan changed meanwhile: it was ${count(seen)}, it is ${count(answer.conflict.count)} now. Look again.`;
        this.typed = '';
        this.#view = answer.conflict;
        void this.#readPeople(0);
      }
      return answer.job;
    } catch (thrown) {
      this.#error = asUiError(thrown);
      return null;
    } finally {
      this.#confirming = false;
    }
  }

  discard(): void {
    this.#later.cancel();
    void this.#host.call('discard_plan', { plan: this.#view.plan }).catch(() => undefined);
  }

  #changeNow(): ChangeView {
    return this.isReply ? changeOf({ status: this.done ? 'done' : null }) : this.#change;
  }

  async #send(): Promise<void> {
    const ticket = this.#edits.begin();
    try {
      const view = await this.#host.call('edit_plan', {
        plan: this.#view.plan,
        name: this.name,
        change: this.#changeNow(),
        reply: this.isReply ? this.text : null,
        drop: [...this.#dropped],
        leaveOut: [...this.#leftOut],
      });
      if (!this.#edits.is(ticket)) return;
      if (view.count !== this.#view.count) this.typed = '';
      this.#view = view;
      this.#error = null;
      this.#dirty = false;
      await this.#readPeople(0, Math.max(PAGE, this.#people.length));
    } catch (thrown) {
      if (this.#edits.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  async #readPeople(offset: number, limit = PAGE): Promise<void> {
    const ticket = this.#peopleAsked.begin();
    try {
      const page = await this.#host.call('plan_people', {
        plan: this.#view.plan,
        verdict: this.verdict,
        offset,
        limit,
      });
      if (!this.#peopleAsked.is(ticket)) return;
      this.#people = offset === 0 ? page.people : [...this.#people, ...page.people];
      this.#peopleTotal = page.total;
      const shown = this.#people.find((person) => person.id === this.person) ?? this.#people[0];
      if (shown) await this.open(shown.id);
      else this.#message = null;
    } catch (thrown) {
      if (this.#peopleAsked.is(ticket)) this.#error = asUiError(thrown);
    }
  }
}

import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { JobPerson, JobsRequest, JobView, UiError } from '../host/types';
import { gathered, Latest } from '../ui/later';
import { ANY, type JobFilters, requestOf } from './filters';

/** The views of the jobs page. */
export type JobsView = 'all' | 'scheduled' | 'outbox' | 'attention';

/** The list of the jobs page: narrowed, paged, and kept as events say that jobs moved on. */
export class JobRecord {
  readonly #host: Host;
  readonly #account: string;
  readonly #now: () => number;
  readonly #reads = new Latest();
  readonly #moved = gathered(250, () => this.refresh());
  #jobs = $state.raw<JobView[]>([]);
  #total = $state<number | null>(null);
  #people = $state.raw<JobPerson[]>([]);
  #error = $state.raw<UiError | null>(null);
  #more = false;
  #filters = $state.raw<JobFilters>(ANY);
  #scheduledOnly = $state(false);

  readonly jobs = $derived(this.#jobs);
  /** `null` until the first answer. */
  readonly total = $derived(this.#total);
  readonly people = $derived(this.#people);
  readonly error = $derived(this.#error);
  readonly filters = $derived(this.#filters);

  constructor(host: Host, account: string, now: () => number) {
    this.#host = host;
    this.#account = account;
    this.#now = now;
  }

  async narrow(part: Partial<JobFilters>): Promise<void> {
    this.#filters = { ...this.#filters, ...part };
    await this.refresh();
  }

  /** The view *Scheduled* is this list with one status. */
  async showScheduled(only: boolean): Promise<void> {
    this.#scheduledOnly = only;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.#read(null, Math.max(50, Math.min(200, this.#jobs.length)));
  }

  async more(): Promise<void> {
    const last = this.#jobs.at(-1);
    if (this.#more || last === undefined || this.#jobs.length >= (this.#total ?? 0)) return;
    this.#more = true;
    await this.#read(last.id, 50).finally(() => (this.#more = false));
  }

  /** A job moved on: its row at once, the list and its number a moment later. */
  update(job: JobView): void {
    if (this.#total === null) return;
    this.#jobs = this.#jobs.map((other) => (other.id === job.id ? job : other));
    this.#moved.call();
  }

  /** What the list is narrowed to, as it crosses the seam. */
  get request(): JobsRequest {
    const filters = this.#scheduledOnly ? { ...this.#filters, status: 'scheduled' } : this.#filters;
    return requestOf(this.#account, filters, this.#now());
  }

  async #read(before: string | null, limit: number): Promise<void> {
    const ticket = this.#reads.begin();
    try {
      const page = await this.#host.call('jobs', { ...this.request, before, limit });
      if (!this.#reads.is(ticket)) return;
      this.#jobs = before === null ? page.jobs : [...this.#jobs, ...page.jobs];
      this.#total = page.total;
      this.#people = page.people;
      this.#error = null;
    } catch (thrown) {
      if (this.#reads.is(ticket)) this.#error = asUiError(thrown);
    }
  }
}

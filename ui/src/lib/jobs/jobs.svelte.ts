import type { Host } from '../host/host';
import type { JobCounts, JobItemView, JobsRequest, JobView } from '../host/types';
import { isOver } from './job';

/** Asks for all jobs; narrowed by spreading over it. */
export function anyJobs(account: string): JobsRequest {
  return { account, limit: 50, before: null, since: null, until: null, states: [], types: [], by: null };
}

const NONE: JobCounts = { running: 0, scheduled: 0, outbox: 0, attention: 0 };

/** The jobs of an account, newest first, as the strip, its popovers and the sidebar show them. */
export class Jobs {
  readonly #host: Host;
  readonly #account: string;
  #jobs = $state.raw<JobView[]>([]);
  #open = $state.raw<JobCounts>(NONE);
  #items = $state.raw<JobItemView[]>([]);
  #itemsTotal = $state(0);
  /** The job that was confirmed in this window last: the strip follows it to its end. */
  #followed = $state<string | null>(null);

  readonly jobs = $derived(this.#jobs);
  /** How much there is in each view of the jobs page. */
  readonly open = $derived(this.#open);
  readonly items = $derived(this.#items);
  readonly itemsTotal = $derived(this.#itemsTotal);
  /** What can still be taken back: it counts down in the strip. */
  readonly held = $derived(this.#jobs.find((job) => job.mine && job.may.takeBack) ?? null);
  /** What the strip shows: what runs, else what was confirmed here last. */
  readonly current = $derived(
    this.#jobs.find((job) => job.id === this.#followed && !isOver(job)) ??
      this.#jobs.find((job) => job.state === 'running' && job.total > 1) ??
      this.#jobs.find((job) => job.id === this.#followed) ??
      null,
  );
  /** What can be paused from anywhere: the newest of what runs over many. */
  readonly running = $derived(this.#jobs.find((job) => job.total > 1 && job.may.pause) ?? null);
  /** What waits for the help desk, in the order in which it leaves. */
  readonly waiting = $derived(this.#jobs.filter((job) => !isOver(job) && job.state !== 'draft').toReversed());

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async refresh(): Promise<void> {
    const { jobs, open } = await this.#host.call('jobs', anyJobs(this.#account));
    this.#jobs = jobs;
    this.#open = open;
  }

  /** Only the numbers: for the sidebar, while jobs move on. */
  async recount(): Promise<void> {
    this.#open = (await this.#host.call('jobs', { ...anyJobs(this.#account), limit: 1 })).open;
  }

  follow(id: string): void {
    this.#followed = id;
  }

  isFollowed(id: string): boolean {
    return this.#followed === id;
  }

  update(job: JobView): void {
    const known = this.#jobs.some((other) => other.id === job.id);
    this.#jobs = known ? this.#jobs.map((other) => (other.id === job.id ? job : other)) : [job, ...this.#jobs];
  }

  async readItems(job: string, state: string | null, offset = 0): Promise<void> {
    const page = await this.#host.call('job_items', { account: this.#account, job, state, offset, limit: 50 });
    this.#items = offset === 0 ? page.items : [...this.#items, ...page.items];
    this.#itemsTotal = page.total;
  }
}

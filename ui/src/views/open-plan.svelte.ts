import { Plan } from '../lib/action/plan.svelte';
import type { Host } from '../lib/host/host';
import type { JobView, PlanView } from '../lib/host/types';
import type { Jobs } from '../lib/jobs/jobs.svelte';
import type { Announcer } from '../lib/ui/announcer.svelte';

/** The plan page of an account: what is planned there, and how it is left without losing what was written. */
export class OpenPlan {
  readonly #host: Host;
  readonly #account: string;
  readonly #jobs: Jobs;
  readonly #announcer: Announcer;
  #plan = $state.raw<Plan | null>(null);
  #title = $state('');
  readonly plan = $derived(this.#plan);
  readonly title = $derived(this.#title);

  constructor(host: Host, account: string, jobs: Jobs, announcer: Announcer) {
    this.#host = host;
    this.#account = account;
    this.#jobs = jobs;
    this.#announcer = announcer;
  }

  open(view: PlanView, title: string): void {
    this.#title = title;
    this.#plan = new Plan(this.#host, this.#account, view);
  }

  /** Leaves the page. What was written there is kept as a draft among the jobs. */
  async leave(): Promise<void> {
    const plan = this.#plan;
    if (!plan?.isWorthKeeping) return this.discard();
    const job = await plan.save();
    if (job !== null && this.#plan === plan) this.saved(job);
  }

  saved(job: JobView): void {
    this.#plan = null;
    this.#jobs.update(job);
    this.#announcer.say('Kept for later', { detail: job.name, testid: 'plan-saved' });
  }

  discard(): void {
    this.#plan?.discard();
    this.#plan = null;
  }

  /** It became a job. */
  confirmed(): void {
    this.#plan = null;
  }
}

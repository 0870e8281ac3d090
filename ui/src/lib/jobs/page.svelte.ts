import type { Host } from '../host/host';
import type { JobView } from '../host/types';
import type { Announcer } from '../ui/announcer.svelte';
import { JobActions } from './actions.svelte';
import { OpenJob } from './open-job.svelte';
import { JobRecord, type JobsView } from './record.svelte';
import { Waiting } from './waiting.svelte';

/** The jobs page: which of its views shows, and what is open in it. */
export class JobsPage {
  readonly record: JobRecord;
  readonly open: OpenJob;
  readonly waiting: Waiting;
  readonly actions: JobActions;
  #view = $state<JobsView>('all');
  #shown = false;
  readonly view = $derived(this.#view);
  /** The last move came from the keyboard, so the open row shows a ring. */
  ring = $state(false);
  /** In a narrow window list and detail take turns: the detail's. */
  reading = $state(false);

  constructor(
    host: Host,
    account: string,
    announcer: Announcer,
    on: { now: () => number; job: (job: JobView) => void },
  ) {
    this.record = new JobRecord(host, account, on.now);
    this.open = new OpenJob(host, account);
    this.waiting = new Waiting(host, account);
    this.actions = new JobActions(host, account, announcer, on.job);
  }

  /** The page comes into sight: as it was left, and read again. */
  async enter(): Promise<void> {
    this.#shown = true;
    await this.show(this.#view);
  }

  leave(): void {
    this.#shown = false;
    this.ring = false;
    this.reading = false;
  }

  async show(view: JobsView): Promise<void> {
    this.#view = view;
    if (view === 'attention' || view === 'outbox') {
      await this.waiting.show(view);
      return;
    }
    await Promise.all([this.waiting.show(null), this.record.showScheduled(view === 'scheduled')]);
    const { jobs } = this.record;
    const first = jobs[0];
    if (jobs.some((job) => job.id === this.open.id)) await this.open.refresh();
    else if (first) await this.open.open(first.id);
    else this.open.close();
  }

  /** Opens a job in the list of all jobs, wherever it was asked for. */
  async openJob(id: string): Promise<void> {
    this.ring = false;
    this.reading = true;
    if (this.#view === 'attention' || this.#view === 'outbox') {
      this.#view = 'all';
      await Promise.all([this.waiting.show(null), this.record.showScheduled(false)]);
    }
    await this.open.open(id);
  }

  /** From a job's banner to its items that need somebody. */
  async lookAt(job: string): Promise<void> {
    await this.show('attention');
    this.waiting.choose(job);
  }

  move(by: 1 | -1): void {
    this.ring = true;
    if (this.#view === 'attention' || this.#view === 'outbox') {
      this.waiting.move(by);
      return;
    }
    const { jobs } = this.record;
    const at = jobs.findIndex((job) => job.id === this.open.id);
    const next = jobs[Math.min(Math.max(at + by, 0), jobs.length - 1)];
    if (next) void this.open.open(next.id);
    if (jobs.length - at < 10) void this.record.more();
  }

  /** A job moved on. */
  update(job: JobView): void {
    if (!this.#shown) return;
    this.record.update(job);
    this.open.update(job);
    this.waiting.update();
  }

  async refresh(): Promise<void> {
    if (this.#shown) await Promise.all([this.record.refresh(), this.open.refresh(), this.waiting.refresh()]);
  }
}

import type { Commands } from '../host/commands';
import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { JobsRequest, JobView, SendingView } from '../host/types';
import type { Announcer } from '../ui/announcer.svelte';
import { counted } from '../ui/format';

/** What the buttons of a job do. What came of it is said in the strip, in the engine's own words. */
export class JobActions {
  readonly #host: Host;
  readonly #account: string;
  readonly #announcer: Announcer;
  readonly #onjob: (job: JobView) => void;
  #busy = $state(false);
  readonly busy = $derived(this.#busy);

  constructor(host: Host, account: string, announcer: Announcer, onjob: (job: JobView) => void) {
    this.#host = host;
    this.#account = account;
    this.#announcer = announcer;
    this.#onjob = onjob;
  }

  async pause(job: JobView): Promise<void> {
    const stopped = await this.#do('pause_job', { account: this.#account, job: job.id });
    if (!stopped) return;
    this.#onjob(stopped.job);
    this.#announcer.say(job.name, { detail: stopped.message, testid: 'job-stopped' });
  }

  async resume(job: JobView): Promise<void> {
    const resumed = await this.#do('resume_job', { account: this.#account, job: job.id });
    if (resumed) this.#onjob(resumed);
  }

  /** Answers the new job. */
  async retry(job: JobView): Promise<JobView | null> {
    const again = await this.#do('retry_job', { account: this.#account, job: job.id });
    if (again) this.#onjob(again);
    return again;
  }

  /** Answers whether it was taken; the schedule says what is wrong otherwise. */
  async edit(job: JobView, part: { name?: string; sending?: SendingView }): Promise<boolean> {
    const { name = null, sending = null } = part;
    const edited = await this.#do('edit_job', { account: this.#account, job: job.id, name, sending });
    if (edited) this.#onjob(edited);
    return edited !== null;
  }

  /** One job, or the list as it is narrowed. */
  async export(what: { job: string } | { list: JobsRequest }, format: 'csv' | 'json'): Promise<void> {
    const exported = await this.#do('export_job', { account: this.#account, job: null, format, ...what });
    if (!exported) return;
    this.#announcer.say(`Exported ${counted(exported.rows, 'row')}`, { detail: exported.path, testid: 'job-exported' });
  }

  async answer(item: { job: string; id: string }, answer: string): Promise<JobView | null> {
    const job = await this.#do('answer_item', { account: this.#account, job: item.job, id: item.id, answer });
    if (job) this.#onjob(job);
    return job;
  }

  async #do<Name extends keyof Commands>(name: Name, request: Commands[Name][0]): Promise<Commands[Name][1] | null> {
    if (this.#busy) return null;
    this.#busy = true;
    try {
      return await this.#host.call(name, request);
    } catch (thrown) {
      this.#announcer.fail(asUiError(thrown).message);
      return null;
    } finally {
      this.#busy = false;
    }
  }
}

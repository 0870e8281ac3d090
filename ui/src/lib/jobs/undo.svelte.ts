import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { JobView } from '../host/types';
import type { Announcer } from '../ui/announcer.svelte';
import type { Writes } from '../words/writes';

type Deed = { job: string; name: string };
const DEPTH = 50;

/**
 * What Ctrl Z takes back: the jobs that were confirmed here, newest first, across views and restarts. A reply that is still held is taken back
 * before anything else, a change that has not left is stopped, what the help desk has is given back by a new job – and that job can be undone
 * as well, which is Ctrl ⇧ Z.
 */
export class UndoStack {
  readonly #host: Host;
  readonly #account: string;
  readonly #announcer: Announcer;
  readonly #onjob: (job: JobView) => void;
  readonly #ontakenback: (conversation: string, draft: Writes) => void;
  #done = $state.raw<Deed[]>([]);
  #undone = $state.raw<Deed[]>([]);
  #busy = false;

  /** "Undo: Done: Marta Wiśniewska". */
  readonly label = $derived(labelled('Undo', this.#done));
  readonly redoLabel = $derived(labelled('Redo', this.#undone));
  readonly depth = $derived(this.#done.length);

  constructor(
    host: Host,
    account: string,
    announcer: Announcer,
    on: { job: (job: JobView) => void; takenBack: (conversation: string, draft: Writes) => void },
  ) {
    this.#host = host;
    this.#account = account;
    this.#announcer = announcer;
    this.#onjob = on.job;
    this.#ontakenback = on.takenBack;
  }

  /** At the start: what was done before the window was closed, newest first. */
  seed(jobs: JobView[]): void {
    if (this.#done.length > 0) return;
    this.#done = jobs
      .filter((job) => job.mine && job.icon !== 'undo' && (job.may.undo !== null || job.may.takeBack))
      .slice(0, DEPTH)
      .toReversed()
      .map((job) => ({ job: job.id, name: job.name }));
  }

  did(job: Pick<JobView, 'id' | 'name'>): void {
    this.#done = [...this.#done.filter((deed) => deed.job !== job.id), { job: job.id, name: job.name }].slice(-DEPTH);
    this.#undone = [];
  }

  /** Takes the last deed back; `held` is the reply that can still be taken back, if there is one. */
  async undo(held: JobView | null): Promise<void> {
    const deed = held ? { job: held.id, name: held.name } : this.#done.at(-1);
    if (deed === undefined) this.#announcer.say('There is nothing to undo');
    else await this.#alone(deed, () => this.#takeBack(deed.job));
  }

  async redo(): Promise<void> {
    const deed = this.#undone.at(-1);
    if (deed === undefined) this.#announcer.say('There is nothing to redo');
    else
      await this.#alone(deed, async () => {
        const again = await this.#host.call('undo_job', { account: this.#account, job: deed.job, ids: null });
        this.#done = [...this.#done, { job: again.id, name: again.name }].slice(-DEPTH);
        this.#onjob(again);
      });
  }

  /** Undoes a job, or picked items of it, from the jobs page. */
  async give(job: JobView, ids: string[] | null): Promise<JobView | null> {
    let given: JobView | null = null;
    const deed = ids === null ? { job: job.id, name: job.name } : null;
    await this.#alone(deed, async () => (given = await this.#give(job.id, ids)));
    return given;
  }

  /** Stops what has not left: a held reply or note goes back into its draft. Says exactly what the engine says. */
  async stop(job: JobView): Promise<void> {
    await this.#alone({ job: job.id, name: job.name }, async () => {
      await this.#stop(job.id);
    });
  }

  async #takeBack(id: string): Promise<void> {
    let { job } = await this.#host.call('job', { account: this.#account, job: id });
    if (job.may.takeBack) return void (await this.#stop(id));
    if (job.may.cancel !== null && job.kind !== 'reply' && job.kind !== 'note') {
      job = await this.#stop(id);
      if (job.may.undo === null) return;
    }
    if (job.may.undo !== null) await this.#give(id, null);
    else this.#announcer.fail(`Not undone: ${job.name}. ${job.may.undoText}`.trim());
  }

  async #stop(id: string): Promise<JobView> {
    const { job, message, conversation, draft } = await this.#host.call('cancel_job', {
      account: this.#account,
      job: id,
    });
    this.#onjob(job);
    this.#announcer.say(job.name, { detail: message, testid: 'job-stopped' });
    if (conversation !== null) this.#ontakenback(conversation, draft === 'note' ? 'note' : 'reply');
    return job;
  }

  async #give(id: string, ids: string[] | null): Promise<JobView> {
    const given = await this.#host.call('undo_job', { account: this.#account, job: id, ids });
    this.#undone = [...this.#undone, { job: given.id, name: given.name }].slice(-DEPTH);
    this.#onjob(given);
    return given;
  }

  /** One at a time: a second Ctrl Z while the first is on its way would take back something else than was seen. */
  async #alone(deed: Deed | null, run: () => Promise<unknown>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await run();
      if (deed) this.#forget(deed.job);
    } catch (thrown) {
      this.#announcer.fail(asUiError(thrown).message);
    } finally {
      this.#busy = false;
    }
  }

  #forget(job: string): void {
    this.#done = this.#done.filter((deed) => deed.job !== job);
    this.#undone = this.#undone.filter((deed) => deed.job !== job);
  }
}

function labelled(verb: string, deeds: Deed[]): string {
  const last = deeds.at(-1);
  return last ? `${verb}: ${last.name}` : `Nothing to ${verb.toLowerCase()}`;
}

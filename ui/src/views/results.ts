import { isOver } from '../lib/jobs/job';
import type { Jobs } from '../lib/jobs/jobs.svelte';
import type { JobsPage } from '../lib/jobs/page.svelte';
import { resultOf } from '../lib/jobs/result';
import type { UndoStack } from '../lib/jobs/undo.svelte';
import type { JobView } from '../lib/host/types';
import type { Announcer } from '../lib/ui/announcer.svelte';
import { gathered } from '../lib/ui/later';

type Parts = { jobs: Jobs; page: JobsPage; undo: () => UndoStack; announcer: Announcer };

/** What becomes of jobs: the strip follows those that began here, and says each of their ends once, with the way back. */
export class Results {
  readonly #parts: Parts;
  readonly #said = new Set<string>();
  readonly #recount;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#recount = gathered(250, () => parts.jobs.recount().catch(() => undefined));
  }

  close(): void {
    this.#recount.stop();
  }

  /** A job began or moved on at a command of this window: the strip follows it. */
  began(job: JobView): void {
    if (!isOver(job)) this.#parts.jobs.follow(job.id);
    this.changed(job);
  }

  changed(job: JobView): void {
    const { jobs, page, announcer } = this.#parts;
    jobs.update(job);
    page.update(job);
    this.#recount.call();
    if (!isOver(job) || !jobs.isFollowed(job.id) || this.#said.has(job.id) || job.kind === 'follow') return;
    this.#said.add(job.id);
    // Stopped here: the strip has just said at what price.
    if (job.state === 'cancelled') return;
    const action = this.#wayBack(job);
    const { text, detail } = resultOf(job);
    const bad = job.counts.rejected > 0;
    announcer.say(text, { detail, testid: 'job-result', bad, ...(action ? { action } : {}) });
  }

  /** What the strip offers beside a result. */
  #wayBack(job: JobView) {
    if (job.may.undo === null || !job.mine) return null;
    const hint = job.may.undoText;
    const undo = this.#parts.undo();
    return job.icon === 'undo'
      ? { label: 'Redo', keys: 'mod+shift+z', hint, run: () => void undo.redo() }
      : { label: 'Undo', keys: 'mod+z', hint, run: () => void undo.undo(job) };
  }
}

import type { Host } from '../host/host';
import { asUiError } from '../host/host';
import type { JobDetail, JobItemView, JobView, SpotChecked, UiError } from '../host/types';
import { gathered, Latest } from '../ui/later';

const PAGE = 100;
/** So many loaded rows are read again when the job moves on; those below stay as they were until scrolled to again. */
const FRESH = 300;

/** The job that is open on the jobs page: its figures, its items by segment, and which of them are ticked. */
export class OpenJob {
  readonly #host: Host;
  readonly #account: string;
  readonly #reads = new Latest();
  readonly #itemReads = new Latest();
  readonly #moved = gathered(300, () => this.refresh());
  #id = $state<string | null>(null);
  #detail = $state.raw<JobDetail | null>(null);
  #error = $state.raw<UiError | null>(null);
  #segment = $state<string | null>(null);
  #items = $state.raw<JobItemView[]>([]);
  #total = $state<number | null>(null);
  #picked = $state.raw<ReadonlySet<string>>(new Set());
  #spot = $state.raw<SpotChecked[] | null>(null);
  #paging = false;

  readonly id = $derived(this.#id);
  readonly detail = $derived(this.#detail);
  readonly error = $derived(this.#error);
  /** `null` for all items. */
  readonly segment = $derived(this.#segment);
  readonly items = $derived(this.#items);
  readonly total = $derived(this.#total);
  readonly picked = $derived(this.#picked);
  /** The ten of the spot check while they are looked at. */
  readonly spot = $derived(this.#spot);

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async open(id: string): Promise<void> {
    if (this.#id !== id) {
      this.#id = id;
      this.#detail = null;
      this.#error = null;
      this.#segment = null;
      this.#clearItems();
      this.#picked = new Set();
      this.#spot = null;
    }
    await this.refresh();
  }

  close(): void {
    this.#reads.begin();
    this.#id = null;
    this.#detail = null;
    this.#clearItems();
  }

  async refresh(): Promise<void> {
    const job = this.#id;
    if (job === null) return;
    const ticket = this.#reads.begin();
    try {
      const [detail] = await Promise.all([
        this.#host.call('job', { account: this.#account, job }),
        this.#readItems(0, Math.max(PAGE, Math.min(FRESH, this.#items.length))),
      ]);
      if (!this.#reads.is(ticket)) return;
      this.#detail = detail;
      this.#error = null;
      if (this.#spot !== null) await this.lookAtTen();
    } catch (thrown) {
      if (this.#reads.is(ticket)) this.#error = asUiError(thrown);
    }
  }

  /** The job moved on: its figures at once, the rest a moment later. */
  update(job: JobView): void {
    if (job.id !== this.#id) {
      // It may give this one back.
      if (job.icon === 'undo') this.#moved.call();
      return;
    }
    if (this.#detail) this.#detail = { ...this.#detail, job };
    this.#moved.call();
  }

  async show(segment: string | null): Promise<void> {
    this.#segment = segment;
    this.#clearItems();
    await this.#readItems(0, PAGE);
  }

  async more(): Promise<void> {
    if (this.#paging || this.#total === null || this.#items.length >= this.#total) return;
    this.#paging = true;
    await this.#readItems(this.#items.length, PAGE).finally(() => (this.#paging = false));
  }

  pick(id: string): void {
    const picked = new Set(this.#picked);
    if (!picked.delete(id)) picked.add(id);
    this.#picked = picked;
  }

  unpick(): void {
    this.#picked = new Set();
  }

  async lookAtTen(): Promise<void> {
    if (this.#id === null) return;
    this.#spot = (await this.#host.call('job_spot_check', { account: this.#account, job: this.#id })).people;
  }

  closeSpot(): void {
    this.#spot = null;
  }

  #clearItems(): void {
    this.#itemReads.begin();
    this.#items = [];
    this.#total = null;
  }

  async #readItems(offset: number, limit: number): Promise<void> {
    const job = this.#id;
    if (job === null) return;
    const ticket = this.#itemReads.begin();
    const state = this.#segment;
    const page = await this.#host.call('job_items', { account: this.#account, job, state, offset, limit });
    if (!this.#itemReads.is(ticket)) return;
    const read = new Set(page.items.map((item) => item.id));
    const below = this.#items.slice(offset + page.items.length).filter((item) => !read.has(item.id));
    const above = this.#items.slice(0, offset).filter((item) => !read.has(item.id));
    this.#items = [...above, ...page.items, ...below].slice(0, page.total);
    this.#total = page.total;
  }
}

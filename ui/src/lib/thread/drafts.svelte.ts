import { SvelteMap } from 'svelte/reactivity';
import { Files } from '../compose/files.svelte';
import { asUiError, type Host } from '../host/host';
import type { DraftView } from '../host/types';
import { debounced } from '../ui/later';
import type { Writes } from '../words/writes';

/** What is being written in one conversation. The engine keeps it, with every version, from 400 ms after the last key on. */
export class Draft {
  readonly #host: Host;
  readonly #ref: { account: string; id: string; kind: string };
  readonly #later = debounced(400, () => void this.flush());
  /** What is written here and not yet with the engine. */
  #dirty = false;
  #text = $state('');
  #state = $state<'empty' | 'saving' | 'saved' | 'failed'>('empty');
  #error = $state<string | null>(null);
  #stale = $state<string | null>(null);
  #versions = $state.raw<DraftView[]>([]);
  /** One call after the other: an answer to an old question would bring back what was sent meanwhile. */
  #calls: Promise<unknown> = Promise.resolve();
  /** The last entry of the thread when writing began: what is newer was not answered. */
  #seen: string | null = null;

  readonly files: Files;

  constructor(host: Host, account: string, id: string, kind: string) {
    this.#host = host;
    this.#ref = { account, id, kind };
    this.files = new Files(host, account);
  }

  // Getters and no deriveds: a draft outlives the component for which it was made.
  get text(): string {
    return this.#text;
  }

  get state(): 'empty' | 'saving' | 'saved' | 'failed' {
    return this.#state;
  }

  get error(): string | null {
    return this.#error;
  }

  /** "Written before the customer's reply at 10:41". */
  get stale(): string | null {
    return this.#stale;
  }

  get versions(): DraftView[] {
    return this.#versions;
  }

  get isEmpty(): boolean {
    return this.#text.trim() === '' && this.files.files.length === 0;
  }

  get seen(): string | null {
    return this.isEmpty ? null : this.#seen;
  }

  /** `last` is the newest entry of the thread that the writer has before them. */
  write(text: string, last: string | null): void {
    if (this.isEmpty) this.#seen = last;
    this.#text = text;
    this.touched();
  }

  /** Text or files changed. */
  touched(): void {
    this.#dirty = true;
    this.#state = 'saving';
    this.#later.call();
  }

  /** What the engine has. What is being written here is newer and stays. */
  read(): Promise<void> {
    return this.#next(async () => {
      if (this.#dirty) return;
      const { draft } = await this.#host.call('draft', this.#ref);
      if (!this.#dirty) this.#take(draft);
    });
  }

  /** It was taken back and is a draft again: it goes above what was begun since. */
  async takeBack(): Promise<void> {
    const since = this.#text.trim();
    this.#later.cancel();
    this.#dirty = false;
    await this.read();
    if (since === '' || since === this.#text.trim()) return;
    this.#text = [this.#text, since].filter(Boolean).join('\n\n');
    this.touched();
  }

  flush(): Promise<void> {
    this.#later.cancel();
    return this.#next(async () => {
      if (!this.#dirty) return;
      this.#dirty = false;
      try {
        const { draft } = await this.#host.call('save_draft', {
          ...this.#ref,
          text: this.#text,
          files: this.files.ids,
        });
        if (this.#dirty) return;
        this.#state = draft === null ? 'empty' : 'saved';
        this.#stale = draft?.stale ?? null;
        this.#error = null;
      } catch (thrown) {
        this.#dirty = true;
        throw thrown;
      }
    });
  }

  /** Sent, or thrown away: its versions stay with the engine. */
  async end(): Promise<void> {
    this.#text = '';
    this.files.take([]);
    this.#stale = null;
    this.#seen = null;
    this.#dirty = true;
    await this.flush();
  }

  async readVersions(): Promise<void> {
    const found = await this.#host.call('draft_versions', this.#ref).catch(() => null);
    this.#versions = found?.drafts ?? [];
  }

  #take(draft: DraftView | null): void {
    this.#text = draft?.text ?? '';
    this.files.take(draft?.files ?? []);
    this.#stale = draft?.stale ?? null;
    this.#state = draft === null ? 'empty' : 'saved';
    this.#error = null;
  }

  #next(run: () => Promise<void>): Promise<void> {
    const done = this.#calls.then(run).catch((thrown: unknown) => {
      this.#state = 'failed';
      this.#error = asUiError(thrown).message;
    });
    this.#calls = done;
    return done;
  }
}

/** The drafts of an account, each bound to its conversation and kind: opening another one and coming back loses nothing. */
export class Drafts {
  readonly #host: Host;
  readonly #account: string;
  readonly #drafts = new Map<string, Draft>();
  /** Where a note was written last: coming back shows it again. */
  readonly #kinds = new SvelteMap<string, Writes>();

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  of(id: string, kind: Writes = 'reply'): Draft {
    const key = `${kind} ${id}`;
    const known = this.#drafts.get(key);
    if (known) return known;
    const draft = new Draft(this.#host, this.#account, id, kind);
    this.#drafts.set(key, draft);
    return draft;
  }

  /** Which of the two is shown in a conversation. */
  shown(id: string): Writes {
    return this.#kinds.get(id) ?? 'reply';
  }

  show(id: string, kind: Writes): void {
    this.#kinds.set(id, kind);
  }

  takeBack(id: string, kind: Writes): Promise<void> {
    this.show(id, kind);
    return this.of(id, kind).takeBack();
  }
}

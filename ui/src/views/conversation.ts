import { asUiError, type Host } from '../lib/host/host';
import type { FilledText, JobView } from '../lib/host/types';
import type { NewReply, Replied } from '../lib/thread/reply';
import type { OpenThread } from '../lib/thread/thread.svelte';
import type { Announcer } from '../lib/ui/announcer.svelte';
import { attempt } from './attempt';

/** What is done with the one conversation that is open: a reply, a note, following, a file of it. */
export class Conversation {
  readonly #host: Host;
  readonly #account: string;
  readonly #thread: OpenThread;
  readonly #announcer: Announcer;
  readonly #onjob: (job: JobView) => void;

  constructor(
    host: Host,
    account: string,
    thread: OpenThread,
    announcer: Announcer,
    /** A reply or a note is in the journal. */
    onjob: (job: JobView) => void,
  ) {
    this.#host = host;
    this.#account = account;
    this.#thread = thread;
    this.#announcer = announcer;
    this.#onjob = onjob;
  }

  async follow(on: boolean): Promise<void> {
    const id = this.#thread.id;
    if (id === null) return;
    await attempt(this.#announcer, async () => {
      await this.#host.call('follow', { account: this.#account, id, on });
      await this.#thread.refresh();
    });
  }

  /** Fetches a file of the thread; the strip says where it lies, or why not. */
  async saveFile(message: string, file: string): Promise<void> {
    const id = this.#thread.id;
    if (id === null) return;
    const request = { account: this.#account, id, message, file };
    const saved = await attempt(this.#announcer, () => this.#host.call('save_attachment', request));
    if (saved) this.#announcer.say(`Saved ${saved.name}`, { detail: saved.path, testid: 'file-saved' });
  }

  /** Only when the reply is in the journal may its draft go. A conflict says who wrote meanwhile; then nothing was sent. */
  async reply(reply: NewReply): Promise<Replied> {
    const id = this.#thread.id;
    if (id === null) return { sent: false, conflict: null };
    try {
      this.#onjob(await this.#host.call('reply', { account: this.#account, id, hold: null, ...reply }));
      return { sent: true, conflict: null };
    } catch (thrown) {
      const { code, message } = asUiError(thrown);
      if (code === 'conflict') return { sent: false, conflict: message };
      this.#announcer.fail(message);
      return { sent: false, conflict: null };
    } finally {
      await this.#thread.refresh();
    }
  }

  /** Texts with merge tags, as the customer of a conversation would read them. */
  async fill(id: string, texts: string[]): Promise<FilledText[]> {
    return (await this.#host.call('fill', { account: this.#account, id, texts })).texts;
  }

  /** Says whether it is in the journal. */
  async note(text: string, files: string[]): Promise<boolean> {
    const id = this.#thread.id;
    if (id === null) return false;
    const note = { account: this.#account, id, text, files, hold: null };
    const job = await attempt(this.#announcer, () => this.#host.call('note', note));
    if (job) this.#onjob(job);
    await this.#thread.refresh();
    return job !== null;
  }
}

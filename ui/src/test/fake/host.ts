// An in-memory host with a believable small world: for vitest, and for `npm run dev` in a plain browser.
// Query: `state=offline|keyRefused|first|syncing|locked|missing|newer|viewer|plain|textNotes|empty|jobs|jobsDone`. Each area answers from its own file.

import type { Command, Commands } from '../../lib/host/commands';
import type { Host } from '../../lib/host/host';
import type { AccountSummary, AppEvent, UiError } from '../../lib/host/types';
import { accountAnswers } from './account';
import { conversationAnswers } from './conversations';
import { jobAnswers } from './job-answers';
import { FakeJobs } from './jobs';
import { planAnswers } from './plan-answers';
import { keepRecord } from './record';
import { type Answers, Shop, type ShopOptions } from './shop';
import { threadAnswers } from './threads';
import { AGENTS, type Conversation } from './world';

export class FakeHost implements Host {
  readonly calls: { name: Command; request: unknown }[] = [];
  readonly shop: Shop;
  readonly jobs: FakeJobs;
  readonly #answers: Answers;

  constructor(options: ShopOptions = {}) {
    this.shop = new Shop(options);
    this.jobs = new FakeJobs(this.shop);
    this.#answers = {
      ...accountAnswers(this.shop, this.jobs),
      ...conversationAnswers(this.shop),
      ...threadAnswers(this.shop, this.jobs),
      ...planAnswers(this.shop, this.jobs),
      ...jobAnswers(this.shop, this.jobs),
    };
    if (this.shop.isOffline) this.#seedPending();
    keepRecord(this.shop, this.jobs);
  }

  get now(): number {
    return this.shop.now;
  }

  get world(): Conversation[] {
    return this.shop.world;
  }

  get accounts(): AccountSummary[] {
    return this.shop.accounts;
  }

  call<Name extends Command>(name: Name, request: Commands[Name][0]): Promise<Commands[Name][1]> {
    this.calls.push({ name, request });
    try {
      return Promise.resolve(this.#answers[name](request));
    } catch (thrown) {
      return Promise.reject(thrown as UiError);
    }
  }

  listen(handler: (event: AppEvent) => void): () => void {
    return this.shop.listen(handler);
  }

  mailUrl(account: string, conversation: string, message: string): string {
    return `mail://localhost/${account}/${conversation}/${message}`;
  }

  emit(event: AppEvent): void {
    this.shop.emit(event);
  }

  /** The help desk takes the next `n` items of every job. */
  work(n: number): void {
    this.jobs.work(n);
  }

  find(id: string): Conversation {
    return this.shop.find(id);
  }

  #seedPending(): void {
    const [marta, , , , hannes, , darja] = this.world;
    if (!marta || !hannes || !darja) return;
    this.jobs.change([hannes], { ...NO_CHANGE, status: 'done' });
    hannes.row.status = 'active';
    this.jobs.change([darja], { ...NO_CHANGE, agent: AGENTS[1]?.handle ?? '' });
    this.#answers.reply({
      account: 'a1',
      id: marta.row.id,
      text: 'Dear Marta, I am sorry this took two days. The refund of 84,90 € leaves us today at 15:00.',
      done: false,
      files: [],
      hold: null,
      anyway: false,
      approved: null,
    });
  }
}

const NO_CHANGE = {
  status: null,
  until: null,
  agent: null,
  team: null,
  addTags: [],
  removeTags: [],
  removeAllTags: false,
  priority: null,
  block: false,
  delete: false,
};

export function fakeHost(query: URLSearchParams): FakeHost {
  return new FakeHost({ mode: query.get('state') ?? '', auto: true });
}

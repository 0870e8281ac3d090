// What every area of the fake host shares: the invented shop, its clock, who listens, and how an answer is typed.

import type { Command, Commands } from '../../lib/host/commands';
import type { AccountSummary, AppEvent, FileView, Row, SelectionView, UiError } from '../../lib/host/types';
import { matches } from './filter';
import { type Conversation, makeWorld } from './world';

export const ACCOUNT: AccountSummary = {
  id: 'a1',
  name: 'Brindlewick Goods',
  kind: 'muster',
  url: 'https://desk.brindlewick.example',
  user: 'mira@brindlewick.example',
};

/** The answers of one area. */
export type Answers<Names extends Command = Command> = {
  [Name in Names]: (request: Commands[Name][0]) => Commands[Name][1];
};

export type ShopOptions = { mode?: string; now?: number; size?: number; auto?: boolean };

export class Shop {
  readonly now: number;
  readonly world: Conversation[];
  /** The help desk works by itself, as in a browser; a test says when. */
  readonly auto: boolean;
  mode: string;
  accounts: AccountSummary[];
  views: { id: string; name: string; filter: string }[] = [];
  /** What was attached and waits to go out. */
  readonly files = new Map<string, FileView>();
  readonly #handlers = new Set<(event: AppEvent) => void>();
  #next = 1;

  constructor({ mode = '', now = Date.now(), size = 320, auto = false }: ShopOptions) {
    this.mode = mode;
    this.now = now;
    this.auto = auto;
    this.world = mode === 'empty' ? [] : makeWorld(now, size);
    this.accounts = mode === 'first' ? [] : [ACCOUNT];
  }

  get isOffline(): boolean {
    return this.mode === 'offline';
  }

  /** So many seconds from now, as it crosses the seam. */
  at(seconds: number): string {
    return new Date((this.auto ? Date.now() : this.now) + seconds * 1000).toISOString();
  }

  id(letter: string): string {
    return `${letter}${this.#next++}`;
  }

  listen(handler: (event: AppEvent) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  emit(event: AppEvent): void {
    for (const handler of this.#handlers) handler(event);
  }

  changed(): void {
    this.emit({ type: 'conversationsChanged', account: ACCOUNT.id, ids: null });
    this.emit({ type: 'stateChanged', account: ACCOUNT.id });
  }

  find(id: string): Conversation {
    const found = this.world.find((one) => one.row.id === id);
    if (!found) throw refusal('notFound', 'There is no such conversation.');
    return found;
  }

  file(id: string): FileView {
    const found = this.files.get(id);
    if (!found) throw refusal('notFound', 'This file is gone. Attach it again.');
    return found;
  }

  /** What matches a filter now and is not in the audience that was frozen of it. */
  more({ filter, audience }: { filter: string | null; audience: Conversation[] }): Conversation[] {
    return filter === null ? [] : this.world.filter((one) => matches(one.row, filter) && !audience.includes(one));
  }

  rows(filter: string): Row[] {
    return this.world.map((one) => one.row).filter((row) => matches(row, filter));
  }

  selected({ ids, filter, except }: SelectionView): Conversation[] {
    if (ids) return ids.map((id) => this.find(id));
    return this.world.filter((one) => matches(one.row, filter ?? '') && !except.includes(one.row.id));
  }
}

export function refusal(code: UiError['code'], message: string): UiError {
  return { code, message };
}

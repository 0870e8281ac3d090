import type { Host } from '../host/host';
import type { SnippetView } from '../host/types';
import { Latest } from '../ui/later';
import { fold } from '../ui/menu';

/** `/ref` before the caret, at the start of a word: where it begins, and what was typed after the slash. */
export function slashBefore(text: string, caret: number): { at: number; query: string } | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  const query = found?.[1];
  return query === undefined ? null : { at: caret - query.length - 1, query };
}

/** Prepared texts, filled in for one conversation; asked for when they are first wanted. */
export class Snippets {
  readonly #host: Host;
  readonly #account: string;
  readonly #latest = new Latest();
  #of: string | null | undefined;
  #all = $state.raw<SnippetView[]>([]);

  readonly all = $derived(this.#all);

  constructor(host: Host, account: string) {
    this.#host = host;
    this.#account = account;
  }

  async load(conversation: string | null): Promise<void> {
    if (this.#of === conversation) return;
    this.#of = conversation;
    const ticket = this.#latest.begin();
    try {
      const { snippets } = await this.#host.call('snippets', { account: this.#account, id: conversation });
      if (this.#latest.is(ticket)) this.#all = snippets;
    } catch {
      // Without snippets one writes by hand; the next slash asks again.
      if (this.#latest.is(ticket)) this.#of = undefined;
    }
  }

  /** What begins with the letters first, then what has them anywhere. */
  matching(query: string): SnippetView[] {
    const wanted = fold(query);
    const rank = ({ shortcut, title }: SnippetView) =>
      fold(shortcut).startsWith(wanted) ? 0 : fold(shortcut).includes(wanted) || fold(title).includes(wanted) ? 1 : 2;
    return this.#all
      .filter((snippet) => rank(snippet) < 2)
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, 6);
  }
}

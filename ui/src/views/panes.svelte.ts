/** How wide the panes are, and whether the contact shows: remembered on this computer, and nothing else is. */
export const SIDE = { usual: 232, min: 180, max: 320 };
export const LIST = { usual: 420, min: 340, max: 560 };

const KEY = 'panes';

export class Panes {
  #side = $state(SIDE.usual);
  #list = $state(LIST.usual);
  #contact = $state(false);
  readonly side = $derived(this.#side);
  readonly list = $derived(this.#list);
  /** The contact stands beside the messages. */
  readonly contact = $derived(this.#contact);
  readonly #memory: Pick<Storage, 'getItem' | 'setItem'> | null;

  constructor(memory: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#memory = memory;
    const [side, list, contact] = (memory?.getItem(KEY) ?? '').split(' ');
    this.#side = within(Number(side), SIDE);
    this.#list = within(Number(list), LIST);
    this.#contact = contact === 'contact';
  }

  setSide(width: number): void {
    this.#side = within(width, SIDE);
    this.#remember();
  }

  setList(width: number): void {
    this.#list = within(width, LIST);
    this.#remember();
  }

  showContact(shows: boolean): void {
    this.#contact = shows;
    this.#remember();
  }

  #remember(): void {
    const parts = [this.#side, this.#list, ...(this.#contact ? ['contact'] : [])];
    this.#memory?.setItem(KEY, parts.join(' '));
  }
}

function within(width: number | undefined, { usual, min, max }: typeof SIDE): number {
  return width ? Math.min(max, Math.max(min, width)) : usual;
}

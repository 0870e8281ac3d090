/** How wide the panes are: remembered on this computer, and nothing else is. */
export const SIDE = { usual: 232, min: 180, max: 320 };
export const LIST = { usual: 420, min: 340, max: 560 };

const KEY = 'panes';

export class Panes {
  #side = $state(SIDE.usual);
  #list = $state(LIST.usual);
  readonly side = $derived(this.#side);
  readonly list = $derived(this.#list);
  readonly #memory: Pick<Storage, 'getItem' | 'setItem'> | null;

  constructor(memory: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#memory = memory;
    const [side, list] = (memory?.getItem(KEY) ?? '').split(' ').map(Number);
    this.#side = within(side, SIDE);
    this.#list = within(list, LIST);
  }

  setSide(width: number): void {
    this.#side = within(width, SIDE);
    this.#remember();
  }

  setList(width: number): void {
    this.#list = within(width, LIST);
    this.#remember();
  }

  #remember(): void {
    this.#memory?.setItem(KEY, `${this.#side} ${this.#list}`);
  }
}

function within(width: number | undefined, { usual, min, max }: typeof SIDE): number {
  return width ? Math.min(max, Math.max(min, width)) : usual;
}

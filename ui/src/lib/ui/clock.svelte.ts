import { createContext } from 'svelte';

/** The time as the window shows it: by the second for countdowns, by the minute for everything else. */
export class Clock {
  #now = $state(0);
  readonly #read: () => number;
  /** Milliseconds, moves every second. */
  readonly second = $derived(this.#now);
  /** Milliseconds, moves every minute, so that a list does not redraw for nothing. */
  readonly minute = $derived(Math.floor(this.#now / 60_000) * 60_000 + 59_999);

  constructor(read: () => number = Date.now) {
    this.#read = read;
    this.tick();
  }

  tick(): void {
    this.#now = this.#read();
  }

  /** Answers how to stop. */
  start(): () => void {
    const timer = setInterval(() => this.tick(), 1000);
    return () => clearInterval(timer);
  }
}

export const [getClock, setClock] = createContext<Clock>();

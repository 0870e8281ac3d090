/** Runs `work` once, `wait` ms after the last call. */
export function debounced<Args extends unknown[]>(wait: number, work: (...args: Args) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call(...args: Args): void {
      clearTimeout(timer);
      timer = setTimeout(() => work(...args), wait);
    },
    cancel(): void {
      clearTimeout(timer);
    },
  };
}

/**
 * Runs `work` `wait` ms after the first of a burst of calls, one run at a time. Unlike `debounced` it also runs while calls keep coming: the
 * first sync sends an event per page, and the list has to grow meanwhile.
 */
export function gathered(wait: number, work: () => Promise<void>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;
  let stopped = false;
  async function run(): Promise<void> {
    timer = undefined;
    running = true;
    again = false;
    await work().finally(() => (running = false));
    if (again) call();
  }
  function call(): void {
    if (stopped) return;
    if (running) again = true;
    else timer ??= setTimeout(() => void run(), wait);
  }
  /** What was called for is no longer wanted; a run that has begun ends. */
  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
    again = false;
  }
  /** For good: what was gathered for is gone. */
  function stop(): void {
    stopped = true;
    clearTimeout(timer);
  }
  return { call, cancel, stop };
}

/**
 * Lets only the newest answer through: `const mine = latest.begin(); const answer = await …; if (latest.is(mine)) …`. Without it a slow
 * answer to an old question would overwrite a fresh one.
 */
export class Latest {
  #ticket = 0;
  begin(): number {
    this.#ticket += 1;
    return this.#ticket;
  }
  is(ticket: number): boolean {
    return ticket === this.#ticket;
  }
}

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

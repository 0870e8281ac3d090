import { asUiError } from '../lib/host/host';
import type { Announcer } from '../lib/ui/announcer.svelte';

/** What the engine answers; why it does not is said in the strip, and the answer is `null`. */
export async function attempt<Answer>(announcer: Announcer, run: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await run();
  } catch (thrown) {
    announcer.fail(asUiError(thrown).message);
    return null;
  }
}

import type { ApprovedView } from '../host/types';

/** A reply as the composer hands it over. */
export type NewReply = {
  text: string;
  done: boolean;
  files: string[];
  /** It was seen that somebody wrote meanwhile. */
  anyway: boolean;
  /** Instead of the text, where the window is closed. */
  approved: ApprovedView | null;
};

/** What became of it: in the journal, or not, and then perhaps because somebody was faster. */
export type Replied = { sent: boolean; conflict: string | null };

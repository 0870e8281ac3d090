/** A reply as the composer hands it over. */
export type NewReply = {
  text: string;
  done: boolean;
  files: string[];
  /** It was seen that somebody wrote meanwhile. */
  anyway: boolean;
};

/** What became of it: in the journal, or not, and then perhaps because somebody was faster. */
export type Replied = { sent: boolean; conflict: string | null };

// What crosses the seam, as serde writes it.

// -- accounts ------------------------------------------------------------------------------------
export type AccountSummary = { id: string; name: string; kind: string; url: string; user: string | null };
export type NewAccount = { name: string; kind: string; url: string; user: string | null; key: string };
export type Capability = { name: string; text: string; level: 'yes' | 'limit' | 'no' | 'missing' };
export type AccountCheck = {
  tenant: string;
  me: Me;
  millis: number;
  secure: boolean;
  capabilities: Capability[];
  conversations: number | null;
};
export type Me = { handle: string; name: string; role: string; mayReply: boolean; mayChange: boolean };

/** Why an account cannot be opened or used. */
export type AccountState =
  | { state: 'ready' }
  | { state: 'keychainLocked' }
  | { state: 'keyMissing' }
  | { state: 'fromTheFuture'; found: number; supported: number }
  | { state: 'failed'; message: string };

export type AppState = { version: string; accounts: AccountSummary[]; current: string | null; account: AccountState; zone: string };

// -- connection and sync -------------------------------------------------------------------------
export type Connection =
  | { state: 'online' }
  | { state: 'connecting' }
  | { state: 'offline'; since: string; nextTry: string | null; message: string }
  | { state: 'keyRefused'; since: string; message: string };
export type SyncProgress = { cached: number; total: number | null; secondsLeft: number | null };
export type Status = {
  connection: Connection;
  /** The first sync, or a long catch-up; null when there is nothing to catch up with. */
  progress: SyncProgress | null;
  lastSynced: string | null;
  cached: number;
  waiting: number;
  running: JobSummary[];
};

// -- directory -----------------------------------------------------------------------------------
export type Agent = { handle: string; name: string; teams: string[] };
export type Team = { handle: string; name: string };
export type Tag = { name: string; color: number | null };
export type Directory = { tenant: string; me: Me; agents: Agent[]; teams: Team[]; tags: Tag[]; channels: string[] };

// -- list ----------------------------------------------------------------------------------------
export type Row = {
  id: string;
  subject: string;
  contactName: string;
  contactEmail: string | null;
  channel: string;
  status: string;
  snoozedUntil: string | null;
  priority: string;
  agent: string | null;
  team: string | null;
  tags: string[];
  engagement: string;
  waitingSince: string | null;
  updated: string;
  previewText: string;
  previewFrom: string | null;
  messageCount: number;
  unread: boolean;
  followed: boolean;
  /** Effect words that wait for the help desk: "status", "tag+", … */
  pending: string[];
  pendingTags: string[];
  unknown: boolean;
  held: string | null;
};
export type ListPage = { rows: Row[]; next: string | null; total: number; complete: boolean };
export type FilterTerm = { text: string; key: string | null; value: string };
export type FilterMistake = { start: number; end: number; problem: string; expected: string; suggestions: string[] };
export type FilterCheck = { ok: boolean; canonical: string; terms: FilterTerm[]; mistake: FilterMistake | null };
export type CompletionItem = { text: string; hint: string };

// -- thread --------------------------------------------------------------------------------------
export type Attachment = { id: string; name: string; mime: string; size: number };
export type Message = {
  id: string;
  at: string;
  kind: string;
  from: string;
  author: string;
  text: string;
  quoted: string | null;
  quotedLines: number;
  hasHtml: boolean;
  attachments: Attachment[];
  massReply: boolean;
  /** null = confirmed; otherwise what it waits for. */
  state: 'waiting' | 'sending' | 'unknown' | 'failed' | null;
  stateReason: string | null;
};
export type Thread = { row: Row; contactPhone: string | null; messages: Message[]; complete: boolean; fetched: string | null; readMark: string | null };

// -- selection, plan, job ------------------------------------------------------------------------
export type Selection = { kind: 'ids'; ids: string[] } | { kind: 'allMatching'; filter: string; except: string[] };

// Every command that the engine answers, with its request and its answer: the TypeScript side of `muster_commands!`.
// A test of the app crate compares the two lists.

import type {
  AccountCheck,
  AccountRef,
  AccountState,
  AccountSummary,
  ActRequest,
  Acted,
  AddAccount,
  AnswerItem,
  AttachFile,
  Attention,
  CheckAccount,
  ConfirmRequest,
  Confirmed,
  ConversationRef,
  DraftRef,
  Drafts,
  EditJob,
  EditPlan,
  ExportRequest,
  Exported,
  FileView,
  Filled,
  FillRequest,
  FilterCheck,
  FilterText,
  FollowRequest,
  JobDetail,
  JobItems,
  JobItemsRequest,
  JobRef,
  JobView,
  Jobs,
  JobsRequest,
  ListPage,
  ListRequest,
  MaybeDraft,
  MessageRequest,
  MoreMatching,
  MoveView,
  Nothing,
  Outbox,
  People,
  PeopleRequest,
  PlanRef,
  PlanRequest,
  PlanView,
  RenderedMessage,
  NoteRequest,
  ReplyRequest,
  SaveAttachment,
  SaveDraft,
  SaveSendingRules,
  SaveStorage,
  SaveView,
  SavedFile,
  SelectionRequest,
  SelectionSummary,
  SendingRulesView,
  SetKey,
  Sidebar,
  Snippets,
  SnippetsRequest,
  SnoozeText,
  SnoozeView,
  SpotCheck,
  Stopped,
  StorageView,
  Tested,
  ThreadHits,
  ThreadHitsRequest,
  ThreadView,
  UndoRequest,
  ViewRef,
} from './types';

export type Commands = {
  accounts: [Nothing, AccountSummary[]];
  check_account: [CheckAccount, AccountCheck];
  add_account: [AddAccount, AccountSummary];
  open_demo_desk: [Nothing, AccountSummary];
  set_key: [SetKey, AccountState];
  account_state: [AccountRef, AccountState];
  try_now: [AccountRef, AccountState];
  sidebar: [AccountRef, Sidebar];
  save_view: [SaveView, Nothing];
  remove_view: [ViewRef, Nothing];
  move_view: [MoveView, Nothing];
  list: [ListRequest, ListPage];
  check_filter: [FilterText, FilterCheck];
  selection_summary: [SelectionRequest, SelectionSummary];
  resolve_snooze: [SnoozeText, SnoozeView];
  thread: [ConversationRef, ThreadView];
  thread_hits: [ThreadHitsRequest, ThreadHits];
  mark_read: [ConversationRef, Nothing];
  follow: [FollowRequest, Nothing];
  reply: [ReplyRequest, JobView];
  note: [NoteRequest, JobView];
  act: [ActRequest, Acted];
  plan: [PlanRequest, PlanView];
  edit_plan: [EditPlan, PlanView];
  plan_people: [PeopleRequest, People];
  plan_message: [MessageRequest, RenderedMessage];
  confirm: [ConfirmRequest, Confirmed];
  discard_plan: [PlanRef, Nothing];
  jobs: [JobsRequest, Jobs];
  job_items: [JobItemsRequest, JobItems];
  plan_more: [PlanRef, MoreMatching];
  plan_add_more: [PlanRef, PlanView];
  plan_spot_check: [PlanRef, SpotCheck];
  plan_test: [MessageRequest, Tested];
  save_plan: [PlanRef, JobView];
  open_saved_plan: [JobRef, PlanView];
  attach_file: [AttachFile, FileView];
  save_attachment: [SaveAttachment, SavedFile];
  snippets: [SnippetsRequest, Snippets];
  fill: [FillRequest, Filled];
  draft: [DraftRef, MaybeDraft];
  save_draft: [SaveDraft, MaybeDraft];
  draft_versions: [DraftRef, Drafts];
  drafts: [AccountRef, Drafts];
  job: [JobRef, JobDetail];
  pause_job: [JobRef, Stopped];
  resume_job: [JobRef, JobView];
  cancel_job: [JobRef, Stopped];
  retry_job: [JobRef, JobView];
  undo_job: [UndoRequest, JobView];
  write_again: [JobRef, PlanView];
  edit_job: [EditJob, JobView];
  export_job: [ExportRequest, Exported];
  job_spot_check: [JobRef, SpotCheck];
  attention: [AccountRef, Attention];
  answer_item: [AnswerItem, JobView];
  outbox: [AccountRef, Outbox];
  sending_rules: [AccountRef, SendingRulesView];
  save_sending_rules: [SaveSendingRules, SendingRulesView];
  storage: [AccountRef, StorageView];
  save_storage: [SaveStorage, StorageView];
};

export type Command = keyof Commands;

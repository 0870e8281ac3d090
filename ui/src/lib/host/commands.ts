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
  CheckAccount,
  ConfirmRequest,
  Confirmed,
  ConversationRef,
  EditPlan,
  FilterCheck,
  FilterText,
  FollowRequest,
  JobItems,
  JobItemsRequest,
  JobView,
  Jobs,
  JobsRequest,
  ListPage,
  ListRequest,
  MessageRequest,
  Nothing,
  People,
  PeopleRequest,
  PlanRef,
  PlanRequest,
  PlanView,
  RenderedMessage,
  ReplyRequest,
  SelectionRequest,
  SelectionSummary,
  SetKey,
  Sidebar,
  SnoozeText,
  SnoozeView,
  ThreadView,
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
  list: [ListRequest, ListPage];
  check_filter: [FilterText, FilterCheck];
  selection_summary: [SelectionRequest, SelectionSummary];
  resolve_snooze: [SnoozeText, SnoozeView];
  thread: [ConversationRef, ThreadView];
  mark_read: [ConversationRef, Nothing];
  follow: [FollowRequest, Nothing];
  reply: [ReplyRequest, JobView];
  act: [ActRequest, Acted];
  plan: [PlanRequest, PlanView];
  edit_plan: [EditPlan, PlanView];
  plan_people: [PeopleRequest, People];
  plan_message: [MessageRequest, RenderedMessage];
  confirm: [ConfirmRequest, Confirmed];
  discard_plan: [PlanRef, Nothing];
  jobs: [JobsRequest, Jobs];
  job_items: [JobItemsRequest, JobItems];
};

export type Command = keyof Commands;

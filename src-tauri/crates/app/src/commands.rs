//! Every command that a front end may call, declared once.
//!
//! `muster_commands!(m)` hands the whole list to the macro `m`: the shell makes its handlers of it, the test compares
//! permissions and TypeScript with it.

/// Hands `name(Request) -> Response` of every command to another macro.
#[macro_export]
macro_rules! muster_commands {
    ($callback:ident) => {
        $callback! {
            /// The accounts on this computer.
            accounts(Nothing) -> Vec<AccountSummary>;
            /// What is behind an address and a key.
            check_account(CheckAccount) -> AccountCheck;
            /// Signs in.
            add_account(AddAccount) -> AccountSummary;
            /// Starts the embedded help desk and signs in to it.
            open_demo_desk(Nothing) -> AccountSummary;
            /// A new key for an account.
            set_key(SetKey) -> AccountState;
            /// The state of an account; opens it when that failed before (keychain unlocked meanwhile, …).
            account_state(AccountRef) -> AccountState;
            /// Tries to reach the help desk now.
            try_now(AccountRef) -> AccountState;
            /// The sidebar with live counts.
            sidebar(AccountRef) -> Sidebar;
            /// Saves a filter as a view, or changes one.
            save_view(SaveView) -> Nothing;
            /// Forgets a view that was saved here.
            remove_view(ViewRef) -> Nothing;
            /// Moves a saved view by one place.
            move_view(MoveView) -> Nothing;
            /// A page of a list.
            list(ListRequest) -> ListPage;
            /// Whether a filter makes sense, and what it would show.
            check_filter(FilterText) -> FilterCheck;
            /// What is in a selection.
            selection_summary(SelectionRequest) -> SelectionSummary;
            /// When a snooze ends.
            resolve_snooze(SnoozeText) -> SnoozeView;
            /// A conversation with its messages; fetches them when they are not here.
            thread(ConversationRef) -> ThreadView;
            /// Where the filter's words stand in a thread.
            thread_hits(ThreadHitsRequest) -> ThreadHits;
            /// Fetches a file of a message into the folder for downloads.
            save_attachment(SaveAttachment) -> SavedFile;
            /// Moves my read mark to the end of a conversation.
            mark_read(ConversationRef) -> Nothing;
            /// Follow or stop following.
            follow(FollowRequest) -> Nothing;
            /// Writes one reply.
            reply(ReplyRequest) -> JobView;
            /// Writes one note, which only the team sees.
            note(NoteRequest) -> JobView;
            /// A change on up to 50 conversations, on the click.
            act(ActRequest) -> Acted;
            /// Makes a plan.
            plan(PlanRequest) -> PlanView;
            /// Edits a plan.
            edit_plan(EditPlan) -> PlanView;
            /// Recipients of a plan.
            plan_people(PeopleRequest) -> People;
            /// One rendered message of a plan.
            plan_message(MessageRequest) -> RenderedMessage;
            /// Confirms a plan.
            confirm(ConfirmRequest) -> Confirmed;
            /// Throws a plan away.
            discard_plan(PlanRef) -> Nothing;
            /// Recent jobs.
            jobs(JobsRequest) -> Jobs;
            /// Items of a job.
            job_items(JobItemsRequest) -> JobItems;
            /// Whether more match now than when the plan was frozen.
            plan_more(PlanRef) -> MoreMatching;
            /// Adds those who match now.
            plan_add_more(PlanRef) -> PlanView;
            /// Ten recipients to skim before and after.
            plan_spot_check(PlanRef) -> SpotCheck;
            /// Sends me the message as this recipient would read it.
            plan_test(MessageRequest) -> Tested;
            /// Keeps a plan for later, as a job in the state draft.
            save_plan(PlanRef) -> JobView;
            /// Opens a plan that was kept for later.
            open_saved_plan(JobRef) -> PlanView;
            /// Takes a file into the journal, to go out with a reply.
            attach_file(AttachFile) -> FileView;
            /// Prepared texts.
            snippets(SnippetsRequest) -> Snippets;
            /// Texts with merge tags as a customer would read them.
            fill(FillRequest) -> Filled;
            /// What is being written in a conversation.
            draft(DraftRef) -> MaybeDraft;
            /// Keeps what is being written.
            save_draft(SaveDraft) -> MaybeDraft;
            /// Earlier versions of a draft.
            draft_versions(DraftRef) -> Drafts;
            /// Every draft, latest first.
            drafts(AccountRef) -> Drafts;
            /// One job in detail.
            job(JobRef) -> JobDetail;
            /// Pauses a job.
            pause_job(JobRef) -> Stopped;
            /// Lets a job go on: after a pause, the first few, or an overdue time.
            resume_job(JobRef) -> JobView;
            /// Stops a job for good; a single reply that was held becomes a draft again.
            cancel_job(JobRef) -> Stopped;
            /// Tries again what was provably not applied.
            retry_job(JobRef) -> JobView;
            /// Gives back what a job took.
            undo_job(UndoRequest) -> JobView;
            /// Plans another reply to exactly those who received this one.
            write_again(JobRef) -> PlanView;
            /// Edits name, schedule or batch size.
            edit_job(EditJob) -> JobView;
            /// Writes a job's record to a file.
            export_job(ExportRequest) -> Exported;
            /// The ten recipients that were skimmed before, after.
            job_spot_check(JobRef) -> SpotCheck;
            /// What is unknown, held or overdue.
            attention(AccountRef) -> Attention;
            /// Answers an item that is unknown or held.
            answer_item(AnswerItem) -> JobView;
            /// Replies that have not left.
            outbox(AccountRef) -> Outbox;
            /// How replies leave when nobody says otherwise.
            sending_rules(AccountRef) -> SendingRulesView;
            /// Sets how they do.
            save_sending_rules(SaveSendingRules) -> SendingRulesView;
            /// What of an account is on this computer.
            storage(AccountRef) -> StorageView;
            /// Sets how much of it may be.
            save_storage(SaveStorage) -> StorageView;
        }
    };
}

//! Scaffolding while the pieces are built side by side: every line of it is replaced before this is committed as done.

use crate::wire::*;
use crate::{App, ErrorCode, UiError};

macro_rules! later {
    ($($name:ident($request:ident) -> $answer:ident;)+) => {
        impl App {
            $(pub async fn $name(&self, _: $request) -> Result<$answer, UiError> {
                Err(UiError::new(ErrorCode::Internal, concat!(stringify!($name), " is being built")))
            })+
        }
    };
}

later! {
    snippets(SnippetsRequest) -> Snippets;
    draft(DraftRef) -> MaybeDraft;
    save_draft(SaveDraft) -> MaybeDraft;
    draft_versions(DraftRef) -> Drafts;
    drafts(AccountRef) -> Drafts;
    job(JobRef) -> JobDetail;
    pause_job(JobRef) -> Stopped;
    resume_job(JobRef) -> JobView;
    cancel_job(JobRef) -> Stopped;
    retry_job(JobRef) -> JobView;
    undo_job(UndoRequest) -> JobView;
    write_again(JobRef) -> PlanView;
    edit_job(EditJob) -> JobView;
    export_job(ExportRequest) -> Exported;
    job_spot_check(JobRef) -> SpotCheck;
    attention(AccountRef) -> Attention;
    answer_item(AnswerItem) -> JobView;
    outbox(AccountRef) -> Outbox;
}

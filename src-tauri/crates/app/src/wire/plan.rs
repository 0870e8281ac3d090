//! Plans: what would happen, to whom, and confirming exactly that.

use super::{SelectionView, SendingView, wire};

wire! {
    /// A change, as menus make it. Absent leaves as it is; an empty string takes the agent or team away.
    #[derive(Default)]
    pub struct ChangeView {
        /// `active`, `snoozed`, `done`, `archived`, `spam`
        pub status: Option<String>,
        /// With `snoozed`: the snooze grammar, or RFC 3339, or `until reply`.
        pub until: Option<String>,
        pub agent: Option<String>,
        pub team: Option<String>,
        pub add_tags: Vec<String>,
        pub remove_tags: Vec<String>,
        #[serde(default)]
        pub remove_all_tags: bool,
        /// `none`, `low`, `medium`, `high`, `urgent`
        #[serde(default)]
        pub priority: Option<String>,
        /// Block the contact.
        #[serde(default)]
        pub block: bool,
        /// Delete the conversation.
        #[serde(default)]
        pub delete: bool,
    }

    /// A text that WhatsApp lets through after its window closed.
    pub struct ApprovedTextView {
        pub name: String,
        pub language: String,
        /// `{{1}}`, `{{2}}` … where it has gaps.
        pub text: String,
        pub gaps: u32,
    }

    /// An approved text that was chosen.
    pub struct ApprovedView {
        pub name: String,
        /// What fills each gap, with merge tags.
        pub fills: Vec<String>,
    }

    /// Makes a plan.
    pub struct PlanRequest {
        pub account: String,
        pub selection: SelectionView,
        pub change: ChangeView,
        /// The reply's text with merge tags; absent for a plain change.
        pub reply: Option<String>,
    }

    /// Changes a plan that was made: its text, its change, its name, its dropped groups. The audience stays frozen.
    pub struct EditPlan {
        pub plan: String,
        pub name: Option<String>,
        pub change: ChangeView,
        pub reply: Option<String>,
        /// Verdicts dropped by hand.
        pub drop: Vec<String>,
        /// Recipients left out by hand.
        pub leave_out: Vec<String>,
        pub sending: SendingView,
        /// Ids of files that were attached with `attach_file`.
        pub files: Vec<String>,
        /// Values typed for one recipient where a merge tag has none.
        pub fills: Vec<FillView>,
        /// Write to each person once, on the latest thread.
        pub once_per_person: bool,
        /// What goes where WhatsApp's window is closed; absent for nothing.
        #[serde(default)]
        pub approved: Option<ApprovedView>,
    }

    /// A value typed for one recipient's merge tag.
    pub struct FillView {
        pub id: String,
        /// `customer_first_name`
        pub tag: String,
        pub value: String,
    }

    /// What would happen. Costs nothing, sends nothing.
    pub struct PlanView {
        pub plan: String,
        /// Rises with every edit; confirm names the one that the agent saw.
        pub revision: u32,
        pub name: String,
        /// The filter as the record of the audience.
        pub filter: Option<String>,
        pub frozen_at: String,
        /// The audience.
        pub total: u32,
        /// The number on the button.
        pub count: u32,
        /// "Send to 120 people", "Set 24 to Done"
        pub button: String,
        /// The footer: "120 people get a real reply. It cannot be recalled."
        pub warning: String,
        /// "Email 92, chat 11, SMS 9, WhatsApp 8. The other 22 are listed in the job with their reason."
        pub summary: String,
        pub groups: Vec<VerdictGroup>,
        /// What it does, for a page that opens a saved plan: snoozed until an instant that is resolved.
        pub change: ChangeView,
        /// The reply's text with merge tags; absent for a plain change.
        pub reply: Option<String>,
        /// What goes where WhatsApp's window is closed.
        pub approved: Option<ApprovedView>,
        /// What can: the help desk's approved texts, where there is somebody whom only these reach.
        pub approved_texts: Vec<ApprovedTextView>,
        /// Verdicts dropped by hand.
        pub drop: Vec<String>,
        /// Recipients left out by hand.
        pub leave_out: Vec<String>,
        /// What must be typed before it can be confirmed: the number above 50 recipients, `DELETE` for delete.
        pub type_to_confirm: Option<String>,
        /// Until when and how it can be undone, or that it cannot: "Can be undone until Done becomes Archived, in 7
        /// days." Said before.
        pub undo: String,
        pub sending: SendingView,
        /// "Leaves Monday 09:00, then 100 every 5 hours; the last on Wednesday 14:00"
        pub schedule: String,
        /// What is wrong with the schedule; then it cannot be confirmed.
        pub schedule_error: Option<String>,
        /// `at_once` with a hold of so many seconds when nobody says otherwise.
        pub usual_hold: u32,
        pub files: Vec<FileView>,
        /// "reaches 111 of 120"
        pub files_reach: Option<String>,
        pub once_per_person: bool,
        pub fills: Vec<FillView>,
        /// The plan is of a job whose recipients it writes to again, or of a draft: where it comes from.
        pub from_job: Option<String>,
        /// The help desk can send a test message.
        pub can_test: bool,
        /// "SMS: 9 people × 5 segments = 45. …"
        pub sms: Option<String>,
        /// A character that makes SMS longer, and what to write instead: "Replace it".
        pub sms_fix: Option<SmsFix>,
        /// Merge tags in the text that do not exist.
        pub unknown_tags: Vec<String>,
        /// The cache does not cover the filter: what to do about it.
        pub incomplete: Option<String>,
        /// "finishes about 14:35", where the help desk limits replies.
        pub eta: Option<String>,
    }

    /// A character that forces SMS into the long encoding.
    pub struct SmsFix {
        pub find: String,
        pub replace: String,
    }

    /// A file that waits to go out.
    pub struct FileView {
        pub id: String,
        pub name: String,
        pub mime: String,
        /// Bytes.
        pub size: u32,
    }

    /// One verdict with its recipients.
    pub struct VerdictGroup {
        /// `will_send`, `voice`, …
        pub verdict: String,
        /// "Will send"
        pub title: String,
        /// "As written, each on its own channel"
        pub why: String,
        /// `blocks`, `asks`, `says`
        pub weight: String,
        pub count: u32,
        /// Takes part now.
        pub included: bool,
        /// Can be dropped or taken.
        pub optional: bool,
    }

    /// Asks for recipients of a plan.
    pub struct PeopleRequest {
        pub plan: String,
        /// Only this verdict.
        pub verdict: Option<String>,
        pub offset: u32,
        pub limit: u32,
    }

    /// Recipients of a plan.
    pub struct People {
        pub total: u32,
        pub people: Vec<Recipient>,
    }

    /// One recipient.
    pub struct Recipient {
        pub id: String,
        pub name: String,
        pub subject: String,
        pub channel: String,
        pub address: Option<String>,
        pub verdict: String,
        /// "Window closed", "Empty field: first name"
        pub verdict_text: String,
        pub included: bool,
        pub left_out: bool,
        /// "Active → Done", for changes.
        pub before_after: Vec<String>,
        /// Merge tags without a value for this recipient, to be filled in: `customer_first_name`
        pub missing: Vec<MissingField>,
    }

    /// A merge tag that has no value for a recipient.
    pub struct MissingField {
        pub tag: String,
        /// "first name"
        pub title: String,
    }

    /// Asks for one rendered message.
    pub struct MessageRequest {
        pub plan: String,
        pub id: String,
    }

    /// One message as that recipient will read it.
    pub struct RenderedMessage {
        pub to: String,
        pub subject: String,
        /// "Email, threaded under the message of 14:28"
        pub channel: String,
        pub parts: Vec<RenderedPart>,
        /// "Then: status Active → Done, the ball goes to the customer, a system note says that it was a mass reply."
        pub then: String,
        /// Why it cannot be rendered or sent.
        pub blocked: Option<String>,
    }

    /// A piece of a rendered message.
    pub struct RenderedPart {
        pub text: String,
        /// It came from a merge tag.
        pub merged: bool,
    }

    /// Confirms exactly what was seen.
    pub struct ConfirmRequest {
        pub plan: String,
        pub revision: u32,
        pub count: u32,
    }

    /// Confirmed; or not, because the plan is not what was seen any more.
    pub struct Confirmed {
        pub job: Option<String>,
        /// The new plan, when revision or count differ.
        pub conflict: Option<PlanView>,
    }

    /// A change on up to 50, on the click.
    pub struct ActRequest {
        pub account: String,
        pub selection: SelectionView,
        pub change: ChangeView,
    }

    /// Done on the click; or a plan to look at first (over 50, archived).
    pub struct Acted {
        pub job: Option<String>,
        pub plan: Option<PlanView>,
    }

    /// How many match the plan's filter now that did not when it was frozen.
    pub struct MoreMatching {
        pub count: u32,
    }

    /// A test message that was sent to me.
    pub struct Tested {
        /// "Sent to mira@brindlewick.example"
        pub message: String,
    }

    /// A few recipients to skim before and after: the same ten as long as the audience is the same.
    pub struct SpotCheck {
        pub people: Vec<SpotChecked>,
    }

    /// One of them.
    pub struct SpotChecked {
        pub recipient: Recipient,
        /// The message as that recipient reads it, or the change in words.
        pub text: String,
        /// After it ran: how the item stands; absent before.
        pub state: Option<String>,
    }

    /// Throws a plan away, or asks something of it.
    pub struct PlanRef {
        pub plan: String,
    }
}

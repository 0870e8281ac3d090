//! Accounts: signing in, and the state that an account is in.

use super::wire;

wire! {
    /// One account in the list.
    pub struct AccountSummary {
        pub id: String,
        pub name: String,
        /// `muster`, …
        pub kind: String,
        pub url: String,
        /// Whose account it is.
        pub user: Option<String>,
    }

    /// Asks what is behind an address, and with a key whose key it is.
    pub struct CheckAccount {
        /// Empty: find it out.
        pub kind: String,
        pub url: String,
        /// Whose key it is, where the key does not say.
        pub user: Option<String>,
        /// Absent: only whether the address answers. Travels from the form to the engine once and is never sent back.
        pub key: Option<String>,
    }

    /// What was found.
    pub struct AccountCheck {
        /// The kind of help desk that answers there.
        pub kind: String,
        /// "Reached, 48 ms"
        pub reached: String,
        /// The company, once the key is accepted.
        pub tenant: Option<String>,
        pub me: Option<MeView>,
        /// "What this help desk can do", line by line.
        pub abilities: Vec<Ability>,
        /// Conversations at the server.
        pub conversations: Option<u32>,
    }

    /// One line of what a help desk can do.
    pub struct Ability {
        /// "Changes to many"
        pub title: String,
        /// "500 in one call, an answer for each"
        pub detail: String,
        /// `yes`, `limit`, `no`
        pub state: String,
    }

    /// Whose key it is.
    pub struct MeView {
        pub handle: String,
        pub name: String,
        pub role: String,
        pub may_reply: bool,
        pub may_change: bool,
        pub may_note: bool,
    }

    /// Stores the key in the keychain and starts the first sync.
    pub struct AddAccount {
        /// Empty: the company's name.
        pub name: String,
        /// Empty: find it out.
        pub kind: String,
        pub url: String,
        /// Whose key it is, where the key does not say.
        pub user: Option<String>,
        pub key: String,
    }

    /// A new key for an account whose key is refused.
    pub struct SetKey {
        pub account: String,
        pub key: String,
    }

    /// Names an account.
    pub struct AccountRef {
        pub account: String,
    }

    /// Everything that the frame of the window shows of an account; sent again whenever it changes.
    pub struct AccountState {
        pub account: AccountSummary,
        /// `ready`, `keychainLocked`, `keychainMissing`, `keyMissing`, `newerData`, `wrongKey`, `diskFull`, `failed`
        pub health: String,
        /// What to say and do when `health` is not `ready`.
        pub health_message: Option<String>,
        pub tenant: String,
        pub me: Option<MeView>,
        pub connection: ConnectionView,
        pub sync: SyncView,
        pub directory: DirectoryView,
        pub can: DeskAbilities,
        /// Changes that the help desk has not confirmed.
        pub waiting: u32,
        /// Conversations on this computer.
        pub cached: u32,
    }

    /// What this help desk can do of what not every one can. As long as nobody asked it, everything: a plan says it exactly.
    pub struct DeskAbilities {
        /// Block a contact.
        pub block: bool,
        /// Delete a conversation.
        pub delete: bool,
        /// Put a conversation aside until a time.
        pub snooze: bool,
        /// Finish a conversation for good.
        pub archive: bool,
        /// Put tags on.
        pub tags: bool,
        /// Take a conversation out of every team.
        pub no_team: bool,
        /// Set a priority.
        pub priority: bool,
        /// Take all tags off at once.
        pub clear_tags: bool,
        /// Hand out the files of messages.
        pub attachments: bool,
        /// Take notes from here.
        pub notes: bool,
        /// Hang files on notes.
        pub note_files: bool,
    }

    /// The connection to the help desk.
    pub struct ConnectionView {
        /// `connecting`, `online`, `offline`, `keyRefused`, `elsewhere` (another process works this account), `file`
        /// (imported: there is no help desk, and nothing can be changed)
        pub state: String,
        /// Since when offline.
        pub since: Option<String>,
        /// The next try.
        pub next_try: Option<String>,
        /// "Cannot reach desk.example."
        pub message: Option<String>,
        /// When the cache was last known to be up to date.
        pub fresh_at: Option<String>,
    }

    /// How far the sync is.
    pub struct SyncView {
        /// The first walk through everything is not over.
        pub first: bool,
        pub done: u32,
        pub total: Option<u32>,
        /// Why everything is fetched again: "The copy on this computer was damaged and is being fetched again."
        pub remark: Option<String>,
    }

    /// Whom and what menus and chips name.
    pub struct DirectoryView {
        pub agents: Vec<AgentView>,
        pub teams: Vec<TeamView>,
        pub tags: Vec<TagView>,
    }

    /// A colleague.
    pub struct AgentView {
        pub handle: String,
        pub name: String,
        /// "MO"
        pub initials: String,
    }

    /// A team.
    pub struct TeamView {
        pub handle: String,
        pub name: String,
        /// How many are in it, as far as the help desk says so.
        pub members: u32,
    }

    /// A tag and its hue, 0–7.
    pub struct TagView {
        pub name: String,
        pub color: u8,
    }
}

//! What of an account is on this computer, and how much of it may be.

use super::wire;

wire! {
    /// What is on this computer.
    pub struct StorageView {
        /// Messages of conversations that were not updated for so many days are removed; absent: never.
        pub keep_days: Option<u32>,
        /// The oldest messages are removed while more than so many megabytes are needed; absent: there is no limit.
        pub keep_megabytes: Option<u32>,
        /// What is needed now.
        pub megabytes: f64,
        /// The most megabytes of files that were opened; 0 keeps none.
        pub keep_file_megabytes: u32,
        /// What those need now.
        pub file_megabytes: f64,
        /// Conversations here.
        pub conversations: u32,
        /// Those with their messages.
        pub with_messages: u32,
        /// Those whose messages were removed to keep to the limits.
        pub removed: u32,
        /// The latest update among those, RFC 3339.
        pub removed_until: Option<String>,
        /// It is a file: what is removed cannot be fetched again, so nothing is.
        pub is_file: bool,
    }

    /// What is to be so from now on.
    pub struct SaveStorage {
        pub account: String,
        pub keep_days: Option<u32>,
        pub keep_megabytes: Option<u32>,
        pub keep_file_megabytes: u32,
    }
}

//! Signing in, and the state that an account is in.

use std::time::Instant;

use muster_engine::sentence::{self, grouped};
use muster_engine::{Account, Connection, connect};
use muster_helpdesk::{ApiKey, Capabilities, ReadError};
use muster_model::{AccountId, Directory, Me};
use muster_store::AccountRow;

use crate::app::new_uuid;
use crate::wire::{
    Ability, AccountCheck, AccountRef, AccountState, AccountSummary, AddAccount, AgentView, AppEvent,
    CheckAccount, ConnectionView, DeskAbilities, DirectoryView, MeView, Nothing, SetKey, SyncView, TagView,
    TeamView,
};
use crate::words::{count, initials, rfc3339, tag_color};
use crate::{App, ErrorCode, UiError};

impl App {
    /// The accounts on this computer.
    ///
    /// # Errors
    /// When `muster.db` cannot be read.
    pub async fn accounts(&self, _: Nothing) -> Result<Vec<AccountSummary>, UiError> {
        Ok(self.inner.registry.accounts()?.iter().map(summary).collect())
    }

    /// What is behind an address and a key. Stores nothing.
    ///
    /// # Errors
    /// When the address cannot be reached, is no help desk of that kind, or refuses the key.
    pub async fn check_account(&self, request: CheckAccount) -> Result<AccountCheck, UiError> {
        let asked = Instant::now();
        let kind = kind_of(&request.kind, &request.url).await?;
        let reached = format!("Reached, {} ms", asked.elapsed().as_millis());
        let Some(key) = request.key.filter(|key| !key.trim().is_empty()) else {
            return Ok(AccountCheck {
                kind,
                reached,
                tenant: None,
                me: None,
                abilities: Vec::new(),
                conversations: None,
            });
        };
        let desk = connect(&kind, &request.url, request.user.as_deref(), ApiKey::new(key))?;
        let me = desk.me().await?;
        let directory = desk.directory().await?;
        Ok(AccountCheck {
            kind,
            reached,
            tenant: Some(directory.tenant),
            abilities: abilities(&desk.capabilities(), &me),
            me: Some(me_view(&me)),
            conversations: directory.conversations.map(count),
        })
    }

    /// Signs in: checks the key, puts it into the keychain and starts the first sync.
    ///
    /// # Errors
    /// When the check fails, the name is taken, or the keychain takes no key.
    pub async fn add_account(&self, request: AddAccount) -> Result<AccountSummary, UiError> {
        let key = ApiKey::new(request.key);
        let kind = match request.kind.as_str() {
            "" => kind_of("", &request.url).await?,
            kind => kind.to_owned(),
        };
        let desk = connect(&kind, &request.url, request.user.as_deref(), key.clone())?;
        let me = desk.me().await.map_err(at_sign_in)?;
        if let Some(user) = request.user.as_deref().map(str::trim).filter(|user| !user.is_empty())
            && !user.eq_ignore_ascii_case(me.handle.as_str())
        {
            let message = format!(
                "This key belongs to {}, not to {user}. Leave the login out, or correct it.",
                me.handle
            );
            return Err(UiError::new(ErrorCode::BadInput, message));
        }
        let name = match request.name.trim() {
            "" => desk.directory().await?.tenant,
            name => name.to_owned(),
        };
        if self.inner.registry.account_named(&name)?.is_some() {
            return Err(UiError::new(
                ErrorCode::BadInput,
                format!("There is an account \"{name}\" already. Choose another name."),
            ));
        }
        let row = AccountRow {
            id: AccountId(new_uuid()),
            name,
            kind,
            url: request.url.trim().to_owned(),
            user: Some(me.handle.to_string()),
            created: self.inner.clock.now(),
        };
        self.inner.keys.store_api_key(row.id, &key).await?;
        self.inner.registry.insert(&row)?;
        self.emit(AppEvent::AccountsChanged);
        Ok(summary(&row))
    }

    /// The key of an account, for checking it.
    ///
    /// # Errors
    /// When the keychain is locked or holds none.
    pub async fn api_key_of(&self, id: &str) -> Result<String, UiError> {
        let id = id
            .parse::<AccountId>()
            .map_err(|_| UiError::new(ErrorCode::NotFound, "There is no such account."))?;
        Ok(self.inner.keys.api_key(id).await?.expose().to_owned())
    }

    /// Forgets an account: its keys, its folder and its entry.
    ///
    /// # Errors
    /// When the keychain or the disk refuses.
    pub async fn remove_account(&self, id: AccountId) -> Result<(), UiError> {
        self.close_account(id).await;
        self.inner.registry.remove(id)?;
        self.inner.keys.forget(id).await?;
        let folder = self.folder(id);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|err| {
                UiError::new(
                    ErrorCode::Internal,
                    format!("The folder {} cannot be removed: {err}.", folder.display()),
                )
            })?;
        }
        self.emit(AppEvent::AccountsChanged);
        Ok(())
    }

    /// Starts the embedded help desk and signs in to it; signs in once only.
    ///
    /// # Errors
    /// When it does not start, or the keychain takes no key.
    pub async fn open_demo_desk(&self, _: Nothing) -> Result<AccountSummary, UiError> {
        if let Some(row) = self.demo_account()? {
            return Ok(summary(&row));
        }
        let (url, key) = self.start_demo_desk(None).await?;
        let account = self
            .add_account(AddAccount { name: String::new(), kind: "muster".into(), url, user: None, key })
            .await?;
        if let Ok(id) = account.id.parse() {
            self.remember_demo_account(id)?;
        }
        Ok(account)
    }

    /// A new key for an account whose key is refused. It must belong to the same agent's help desk.
    ///
    /// # Errors
    /// When the help desk refuses this key too, or the keychain takes none.
    pub async fn set_key(&self, request: SetKey) -> Result<AccountState, UiError> {
        let id = request.account.parse::<AccountId>().map_err(|_| {
            UiError::new(ErrorCode::NotFound, "This account is not on this computer any more.")
        })?;
        let row = self.account_row(id)?;
        let key = ApiKey::new(request.key);
        connect(&row.kind, &row.url, row.user.as_deref(), key.clone())?.me().await?;
        self.inner.keys.store_api_key(id, &key).await?;
        // Opened anew, so that every loop uses the new key.
        self.close_account(id).await;
        self.account_state(AccountRef { account: request.account }).await
    }

    /// The state of an account. Opens it when that failed before.
    ///
    /// # Errors
    /// When there is no such account; everything else is told in the state.
    pub async fn account_state(&self, request: AccountRef) -> Result<AccountState, UiError> {
        let id = request.account.parse::<AccountId>().map_err(|_| {
            UiError::new(ErrorCode::NotFound, "This account is not on this computer any more.")
        })?;
        let row = self.account_row(id)?;
        match self.account(id).await {
            Ok(account) => self.ready_state(&account).await,
            Err(err) => Ok(broken_state(&row, &err)),
        }
    }

    /// Tries to reach the help desk now.
    ///
    /// # Errors
    /// When the account cannot be opened.
    pub async fn try_now(&self, request: AccountRef) -> Result<AccountState, UiError> {
        let account = self.account_of(&request.account).await?;
        account.link().try_now();
        self.ready_state(&account).await
    }

    async fn ready_state(&self, account: &Account) -> Result<AccountState, UiError> {
        let stores = account.stores().clone();
        let (sync, waiting) =
            self.blocking(move || Ok((stores.cache.sync_state()?, stores.journal.waiting()?))).await?;
        let directory = account.directory();
        Ok(AccountState {
            account: summary(account.row()),
            health: "ready".into(),
            health_message: None,
            tenant: directory.tenant.clone(),
            me: account.me().as_ref().map(me_view),
            connection: connection_view(&account.link().state(), sync.last_synced.map(rfc3339)),
            sync: SyncView {
                first: sync.backfilling,
                done: count(sync.cached),
                total: sync.total.map(count),
                remark: account.is_renewed().then(|| sentence::COPY_RENEWED.to_owned()),
            },
            directory: directory_view(&directory),
            can: account.desk().map_or(ANYTHING, |desk| can(&desk.capabilities())),
            waiting: count(waiting.items),
            cached: count(sync.cached),
        })
    }

    /// Runs a read of the store where it may block.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, muster_store::StoreError> + Send + 'static,
    ) -> Result<T, UiError> {
        match tokio::task::spawn_blocking(read).await {
            Ok(result) => Ok(result?),
            Err(err) => {
                Err(UiError::new(ErrorCode::Internal, format!("A read of the store broke off: {err}.")))
            }
        }
    }
}

pub(crate) fn summary(row: &AccountRow) -> AccountSummary {
    AccountSummary {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        url: row.url.clone(),
        user: row.user.clone(),
    }
}

/// The kind of a help desk: what was chosen, if it answers like that, or what it turns out to be.
async fn kind_of(kind: &str, url: &str) -> Result<String, UiError> {
    if !kind.is_empty() {
        muster_engine::probe(kind, url).await.map_err(at_sign_in)?;
        return Ok(kind.to_owned());
    }
    let found = muster_engine::detect(url).await.map_err(at_sign_in)?;
    found.map(str::to_owned).ok_or_else(|| {
        UiError::new(
            ErrorCode::BadInput,
            "Something answers at this address, but not as a help desk that Muster knows. Check the address, or choose \
             the kind to see what is wrong.",
        )
    })
}

/// While signing in the address itself is in doubt, so the sentence says what to look at.
fn at_sign_in(err: ReadError) -> UiError {
    let mut error = UiError::from(err);
    if error.code == ErrorCode::Offline {
        error.message.push_str(" Check the address, and whether the help desk is running.");
    }
    error
}

fn me_view(me: &Me) -> MeView {
    MeView {
        handle: me.handle.to_string(),
        name: me.name.clone(),
        role: me.role.clone(),
        may_reply: me.may_reply,
        may_change: me.may_change,
        may_note: me.may_note,
    }
}

/// Of a help desk that nobody asked yet.
const ANYTHING: DeskAbilities = DeskAbilities {
    block: true,
    delete: true,
    snooze: true,
    archive: true,
    tags: true,
    no_team: true,
    priority: true,
    clear_tags: true,
    attachments: true,
    notes: true,
    note_files: true,
};

fn can(capabilities: &Capabilities) -> DeskAbilities {
    DeskAbilities {
        block: capabilities.block,
        delete: capabilities.delete,
        snooze: capabilities.snooze,
        archive: capabilities.archive,
        tags: capabilities.tags,
        no_team: capabilities.no_team,
        priority: capabilities.priority,
        clear_tags: capabilities.clear_tags,
        attachments: capabilities.attachments,
        notes: capabilities.notes,
        note_files: capabilities.note_files,
    }
}

/// The state of an account that could not be opened.
fn broken_state(row: &AccountRow, err: &UiError) -> AccountState {
    let health = match err.code {
        ErrorCode::Keychain => "keychainLocked",
        ErrorCode::NoKeychain => "keychainMissing",
        ErrorCode::WrongKey => "wrongKey",
        ErrorCode::SignInAgain => "keyMissing",
        ErrorCode::NewerData => "newerData",
        ErrorCode::DiskFull => "diskFull",
        _ => "failed",
    };
    AccountState {
        account: summary(row),
        health: health.into(),
        health_message: Some(err.message.clone()),
        tenant: row.name.clone(),
        me: None,
        connection: ConnectionView {
            state: "offline".into(),
            since: None,
            next_try: None,
            message: None,
            fresh_at: None,
        },
        sync: SyncView { first: true, done: 0, total: None, remark: None },
        directory: DirectoryView { agents: Vec::new(), teams: Vec::new(), tags: Vec::new() },
        can: ANYTHING,
        waiting: 0,
        cached: 0,
    }
}

fn connection_view(connection: &Connection, fresh_at: Option<String>) -> ConnectionView {
    let (state, since, next_try, message) = match connection {
        Connection::Connecting => ("connecting", None, None, None),
        Connection::Online => ("online", None, None, None),
        Connection::Offline { since, next_try, message } => {
            ("offline", Some(rfc3339(*since)), next_try.map(rfc3339), Some(message.clone()))
        }
        Connection::KeyRefused { message } => ("keyRefused", None, None, Some(message.clone())),
        Connection::Elsewhere => ("elsewhere", None, None, None),
        Connection::File => ("file", None, None, None),
    };
    ConnectionView { state: state.into(), since, next_try, message, fresh_at }
}

fn directory_view(directory: &Directory) -> DirectoryView {
    DirectoryView {
        agents: directory
            .agents
            .iter()
            .map(|agent| AgentView {
                handle: agent.handle.to_string(),
                name: agent.name.clone(),
                initials: initials(&agent.name),
            })
            .collect(),
        teams: directory
            .teams
            .iter()
            .map(|team| TeamView {
                handle: team.handle.to_string(),
                name: team.name.clone(),
                members: count(
                    directory.agents.iter().filter(|agent| agent.teams.contains(&team.handle)).count(),
                ),
            })
            .collect(),
        tags: directory
            .tags
            .iter()
            .map(|tag| TagView { name: tag.name.clone(), color: tag_color(&tag.name, tag.color) })
            .collect(),
    }
}

/// What it cannot do, so that it is not looked for later. What it can needs no line.
fn missing(can: &Capabilities) -> Vec<Ability> {
    let lacks = [
        (can.snooze, "Snooze", "It wakes nothing up by itself, so Muster does not offer it"),
        (can.archive, "Archived", "It has no final status; Done is its last one"),
        (
            can.tags,
            "Tags",
            "Its conversations have no field for them; its administrator can make one named Tags",
        ),
        (can.teams, "Teams", "It has agents only"),
        (can.no_team, "No team", "Every conversation is in a team; it can only be moved"),
        (can.priority, "Priority", "Its conversations have none"),
        (can.block, "Block", "It cannot block a contact"),
        (can.delete, "Delete", "It deletes nothing"),
        (
            can.finds_by_reference,
            "Reference",
            "It keeps no reference of ours, so Muster compares texts to find a reply",
        ),
        (can.files, "Files", "Replies carry text only"),
        (can.note_files || !can.files, "Files on notes", "Its notes are text only; replies carry files"),
        (can.attachments, "Files of customers", "It hands them out in its own window only"),
    ];
    let missing = lacks.into_iter().filter(|(can, ..)| !can);
    missing
        .map(|(_, title, detail)| Ability { title: title.into(), detail: detail.into(), state: "no".into() })
        .collect()
}

/// "What this help desk can do", line by line.
fn abilities(can: &Capabilities, me: &Me) -> Vec<Ability> {
    let line = |title: &str, yes: bool, detail: String| Ability {
        title: title.into(),
        detail,
        state: if yes { "yes" } else { "no" }.into(),
    };
    let mut lines = vec![
        line(
            "Changes to many",
            can.max_batch > 1,
            format!("{} in one call, an answer for each", grouped(can.max_batch as u64)),
        ),
        line(
            "Write to customers",
            me.may_reply,
            if me.may_reply { "This key may reply".into() } else { "This key may not reply".into() },
        ),
        line(
            "Replies never twice",
            can.dedupes_replies,
            if can.dedupes_replies {
                "It recognises our reference and refuses a repeat".into()
            } else {
                "Muster looks into the thread before it repeats anything".into()
            },
        ),
        line(
            "Live updates",
            can.events,
            if can.events {
                "New messages arrive within a second".into()
            } else {
                "Muster asks every few seconds, as often as its limits allow".into()
            },
        ),
        line(
            "Follow",
            can.follow,
            if can.follow { "Kept by the help desk".into() } else { "Kept on this computer".into() },
        ),
    ];
    if [can.replies_per_minute, can.writes_per_minute, can.reads_per_minute].iter().any(Option::is_some) {
        let per_minute = |n: Option<u32>, what: &str| n.map(|n| format!("{} {what}", grouped(u64::from(n))));
        let parts: Vec<String> = [
            per_minute(can.replies_per_minute, "replies"),
            per_minute(can.writes_per_minute, "changes"),
            per_minute(can.reads_per_minute, "reads"),
        ]
        .into_iter()
        .flatten()
        .collect();
        lines.push(Ability {
            title: "Speed".into(),
            detail: format!("{} a minute", parts.join(" and ")),
            state: "limit".into(),
        });
    }
    if can.archive {
        lines.push(line("Undo of Archived", false, "Not offered: Muster warns before it".into()));
    }
    lines.extend(missing(can));
    lines
}

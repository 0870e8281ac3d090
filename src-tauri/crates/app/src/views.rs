//! The sidebar: standard views, saved ones and the help desk's, with live counts; saving, renaming, moving and forgetting.

use muster_engine::Account;
use muster_model::{Directory, Match, Query, ViewId};
use muster_store::{StoreError, ViewRow};

use crate::app::new_uuid;
use crate::view_filter::{Section, View, standard_views};
use crate::wire::{AccountRef, AppEvent, MoveView, Nothing, SaveView, Sidebar, ViewItem, ViewRef};
use crate::words::{count, tag_color};
use crate::{App, ErrorCode, UiError};

/// The longest name: what a sidebar shows, a few times over.
const LONGEST_NAME: usize = 80;

impl App {
    /// The sidebar with live counts.
    ///
    /// # Errors
    /// When the account cannot be opened or its cache cannot be read.
    pub async fn sidebar(&self, request: AccountRef) -> Result<Sidebar, UiError> {
        let account = self.account_of(&request.account).await?;
        let directory = account.directory();
        let views = self.all_views(&account)?;
        let read: Vec<Result<Match, String>> = views.iter().map(|view| meaning(&account, view)).collect();
        let mut matches: Vec<Match> =
            read.iter().map(|read| read.clone().unwrap_or(Match::Nothing)).collect();
        // How many match, and behind them how many of those are unread.
        matches.extend(matches.clone().into_iter().map(|filter| Match::And(vec![filter, Match::Unread])));
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let (counts, running) = self
            .blocking(move || Ok((stores.cache.counts(&matches, &overlay)?, stores.journal.waiting()?.jobs)))
            .await?;
        let (totals, unread) = counts.split_at(views.len());
        let mut sidebar = Sidebar {
            mine: vec![],
            everything: vec![],
            saved: vec![],
            teams: vec![],
            tags: vec![],
            running_jobs: count(running),
        };
        for (((view, read), n), unread) in views.into_iter().zip(read).zip(totals).zip(unread) {
            let item = ViewItem {
                color: color(&view, &directory),
                key: view.key,
                name: view.name,
                filter: view.filter,
                count: count(*n),
                unread: count(*unread),
                problem: read.err(),
            };
            match view.section {
                Section::Mine => sidebar.mine.push(item),
                Section::Everything => sidebar.everything.push(item),
                Section::Saved => sidebar.saved.push(item),
                Section::Teams => sidebar.teams.push(item),
                Section::Tags => sidebar.tags.push(item),
            }
        }
        sidebar.tags.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        Ok(sidebar)
    }

    /// Saves a filter as a view, or changes one.
    ///
    /// # Errors
    /// When it has no name, a view of that name exists, or the filter makes no sense.
    pub async fn save_view(&self, request: SaveView) -> Result<Nothing, UiError> {
        let account = self.account_of(&request.account).await?;
        let name = request.name.trim();
        if name.is_empty() {
            return Err(bad("Give the view a name."));
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(bad(format!("The name is longer than {LONGEST_NAME} characters. Shorten it.")));
        }
        let filter = request.filter.trim();
        filter.parse::<Query>().map_err(|err| bad(err.to_string()))?;
        let id = match &request.id {
            Some(id) => id.parse().map_err(|_| no_such_view())?,
            None => ViewId(new_uuid()),
        };
        let view = ViewRow { id, name: name.to_owned(), filter: filter.to_owned() };
        match self.inner.registry.save_view(account.row().id, &view) {
            Err(StoreError::NameTaken { name }) => {
                Err(bad(format!("There is a view \"{name}\" already. Choose another name.")))
            }
            saved => {
                saved?;
                self.views_changed(request.account)
            }
        }
    }

    /// Forgets a view that was saved here.
    ///
    /// # Errors
    /// When there is none.
    pub async fn remove_view(&self, request: ViewRef) -> Result<Nothing, UiError> {
        let account = self.account_of(&request.account).await?;
        let id = request.id.parse().map_err(|_| no_such_view())?;
        if !self.inner.registry.remove_view(account.row().id, id)? {
            return Err(no_such_view());
        }
        self.views_changed(request.account)
    }

    /// Moves a saved view by one place.
    ///
    /// # Errors
    /// When it is no view's id.
    pub async fn move_view(&self, request: MoveView) -> Result<Nothing, UiError> {
        let account = self.account_of(&request.account).await?;
        let id = request.id.parse().map_err(|_| no_such_view())?;
        self.inner.registry.move_view(account.row().id, id, request.up)?;
        self.views_changed(request.account)
    }

    fn views_changed(&self, account: String) -> Result<Nothing, UiError> {
        self.emit(AppEvent::ViewsChanged { account });
        Ok(Nothing {})
    }

    /// Every view of the sidebar, in order.
    pub(crate) fn all_views(&self, account: &Account) -> Result<Vec<View>, UiError> {
        let directory = account.directory();
        let mut views = standard_views(&directory);
        views.extend(self.inner.registry.views(account.row().id)?.into_iter().map(|view| View {
            section: Section::Saved,
            key: format!("saved:{}", view.id),
            name: view.name,
            filter: view.filter,
        }));
        views.extend(directory.views.iter().map(|view| View {
            section: Section::Saved,
            key: format!("desk:{}", view.id),
            name: view.name.clone(),
            filter: view.filter.clone(),
        }));
        Ok(views)
    }
}

/// What a view's filter means now; or why it means nothing to this version.
pub(crate) fn meaning(account: &Account, view: &View) -> Result<Match, String> {
    let query: Query = view.filter.parse().map_err(|err: muster_model::FilterError| err.message)?;
    Ok(query.resolve(&account.moment()).filter)
}

fn color(view: &View, directory: &Directory) -> Option<u8> {
    (view.section == Section::Tags).then(|| {
        let given = directory.tags.iter().find(|tag| tag.name == view.name).and_then(|tag| tag.color);
        tag_color(&view.name, given)
    })
}

fn no_such_view() -> UiError {
    UiError::new(ErrorCode::NotFound, "This view does not exist any more.")
}

fn bad(message: impl Into<String>) -> UiError {
    UiError::new(ErrorCode::BadInput, message)
}

//! What menus and composers make, in the words of the model.

use std::collections::BTreeMap;

use muster_engine::Account;
use muster_model::{
    Action, Change, Handle, Priority, RemoteId, Selection, SnoozeUntil, StatusChange, parse_snooze,
};

use crate::wire::{ApprovedView, ChangeView, FillView, SelectionView};
use crate::words::rfc3339;
use crate::{App, ErrorCode, UiError};

impl App {
    pub(super) async fn action(
        &self,
        account: &Account,
        change: &ChangeView,
        reply: Option<String>,
        files: Vec<String>,
        approved: Option<ApprovedView>,
    ) -> Result<Action, UiError> {
        let change = self.change(change)?;
        Ok(match reply {
            Some(text) => {
                let files = muster_engine::attached(account, files).await?;
                let approved = crate::approved::approved(account, approved)?;
                Action::Reply { text, mass: true, then: change, files, approved }
            }
            None => Action::Change { change },
        })
    }

    /// A change as menus make it.
    pub(crate) fn change(&self, view: &ChangeView) -> Result<Change, UiError> {
        let named = |handle: &Option<String>| {
            handle.as_ref().map(|handle| if handle.is_empty() { None } else { Some(handle.as_str().into()) })
        };
        let status = match view.status.as_deref() {
            None => None,
            Some("active") => Some(StatusChange::Active),
            Some("done") => Some(StatusChange::Done),
            Some("archived") => Some(StatusChange::Archived),
            Some("spam") => Some(StatusChange::Spam),
            Some("snoozed") => {
                let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
                let until = parse_snooze(view.until.as_deref().unwrap_or_default(), now, &zone)
                    .map_err(|err| bad(err.to_string()))?;
                Some(StatusChange::Snoozed(until))
            }
            Some(other) => {
                return Err(bad(format!(
                    "\"{other}\" is not a status. Use active, snoozed, done, archived or spam."
                )));
            }
        };
        let priority = view.priority.as_deref().map(Priority::from);
        if let Some(Priority::Other(word)) = &priority {
            return Err(bad(format!("\"{word}\" is not a priority. Use none, low, medium, high or urgent.")));
        }
        Ok(Change {
            status,
            agent: named(&view.agent),
            team: named(&view.team),
            add_tags: view.add_tags.clone(),
            remove_tags: view.remove_tags.clone(),
            remove_all_tags: view.remove_all_tags,
            priority,
            block: view.block,
            delete: view.delete,
        })
    }
}

/// What an action does, as menus would make it, and its text.
pub(super) fn change_view(action: &Action) -> (ChangeView, Option<String>) {
    match action {
        Action::Change { change } => (view_of(change), None),
        Action::Reply { text, then, .. } => (view_of(then), Some(text.clone())),
        Action::Note { text, .. } => (ChangeView::default(), Some(text.clone())),
        Action::Follow { .. } | Action::Undo { .. } => (ChangeView::default(), None),
    }
}

fn view_of(change: &Change) -> ChangeView {
    let (status, until) = match change.status {
        None => (None, None),
        Some(StatusChange::Active) => (Some("active"), None),
        Some(StatusChange::Done) => (Some("done"), None),
        Some(StatusChange::Archived) => (Some("archived"), None),
        Some(StatusChange::Spam) => (Some("spam"), None),
        Some(StatusChange::Snoozed(SnoozeUntil::At(at))) => (Some("snoozed"), Some(rfc3339(at))),
        Some(StatusChange::Snoozed(SnoozeUntil::Reply)) => (Some("snoozed"), Some("until reply".to_owned())),
    };
    let named = |handle: &Option<Option<Handle>>| {
        handle.clone().map(|handle| handle.map_or_else(String::new, |it| it.to_string()))
    };
    ChangeView {
        status: status.map(str::to_owned),
        until,
        agent: named(&change.agent),
        team: named(&change.team),
        add_tags: change.add_tags.clone(),
        remove_tags: change.remove_tags.clone(),
        remove_all_tags: change.remove_all_tags,
        priority: change.priority.as_ref().map(ToString::to_string),
        block: change.block,
        delete: change.delete,
    }
}

/// A selection from the wire.
pub(crate) fn selection(view: &SelectionView) -> Result<Selection, UiError> {
    match (&view.ids, &view.filter) {
        (Some(ids), None) => {
            Ok(Selection::Ids { ids: ids.iter().map(|id| RemoteId::from(id.as_str())).collect() })
        }
        (None, Some(filter)) => Ok(Selection::AllMatching {
            filter: filter.clone(),
            except: view.except.iter().map(|id| RemoteId::from(id.as_str())).collect(),
        }),
        _ => Err(bad("A selection is either ids or a filter.")),
    }
}

/// Values typed for single recipients, by recipient and tag. A blank one says nothing.
pub(super) fn fills(views: Vec<FillView>) -> BTreeMap<RemoteId, BTreeMap<String, String>> {
    let mut fills: BTreeMap<RemoteId, BTreeMap<String, String>> = BTreeMap::new();
    for view in views.into_iter().filter(|view| !view.value.trim().is_empty()) {
        fills.entry(RemoteId::from(view.id)).or_default().insert(view.tag, view.value);
    }
    fills
}

fn bad(message: impl Into<String>) -> UiError {
    UiError::new(ErrorCode::BadInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_shown_as_menus_made_it() {
        let change = Change {
            status: Some(StatusChange::Snoozed(SnoozeUntil::Reply)),
            agent: Some(None),
            team: Some(Some(Handle::from("billing"))),
            add_tags: vec!["refund".into()],
            remove_all_tags: true,
            priority: Some(Priority::High),
            block: true,
            ..Change::default()
        };
        let view = ChangeView {
            status: Some("snoozed".into()),
            until: Some("until reply".into()),
            agent: Some(String::new()),
            team: Some("billing".into()),
            add_tags: vec!["refund".into()],
            remove_all_tags: true,
            priority: Some("high".into()),
            block: true,
            ..ChangeView::default()
        };
        let reply = Action::Reply {
            text: "Hello".into(),
            mass: true,
            then: change.clone(),
            files: Vec::new(),
            approved: None,
        };
        assert_eq!(change_view(&Action::Change { change }), (view.clone(), None));
        assert_eq!(change_view(&reply), (view, Some("Hello".to_owned())));
    }

    #[test]
    fn blank_fills_say_nothing() {
        let fill = |id: &str, tag: &str, value: &str| FillView {
            id: id.into(),
            tag: tag.into(),
            value: value.into(),
        };
        let typed = fills(vec![
            fill("1", "case_number", "7"),
            fill("1", "customer_name", "Ada"),
            fill("2", "case_number", " "),
        ]);
        assert_eq!(typed.len(), 1);
        assert_eq!(typed[&RemoteId::from("1")]["customer_name"], "Ada");
        assert_eq!(typed[&RemoteId::from("1")]["case_number"], "7");
    }
}

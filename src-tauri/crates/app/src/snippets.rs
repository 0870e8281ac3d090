//! Prepared texts of the help desk, and how they read in one conversation.

use std::collections::BTreeMap;

use muster_model::{MergeContext, RemoteId, Template};

use crate::wire::{SnippetView, Snippets, SnippetsRequest};
use crate::{App, UiError};

impl App {
    /// Prepared texts; with a conversation, filled in for it.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn snippets(&self, request: SnippetsRequest) -> Result<Snippets, UiError> {
        let account = self.account_of(&request.account).await?;
        let conversation = match request.id {
            Some(id) => {
                let stores = account.stores().clone();
                self.blocking(move || stores.cache.conversation(&RemoteId::from(id))).await?
            }
            None => None,
        };
        let (directory, me) = (account.directory(), account.me());
        let context = conversation.as_ref().zip(me.as_ref()).map(|(conversation, agent)| MergeContext {
            conversation,
            agent,
            tenant: &directory.tenant,
        });
        let view = |snippet: &muster_model::Snippet| SnippetView {
            shortcut: snippet.shortcut.clone(),
            title: snippet.title.clone(),
            text: snippet.text.clone(),
            preview: context.as_ref().and_then(|context| filled(&snippet.text, context)),
        };
        Ok(Snippets { snippets: directory.snippets.iter().map(view).collect() })
    }
}

/// The text as this customer would read it. A field that is empty and has no fallback shows its tag, which is what has to
/// be looked at; a tag that nobody knows leaves no preview.
fn filled(text: &str, context: &MergeContext<'_>) -> Option<String> {
    let template = Template::parse(text);
    let values = template.values(context).or_else(|empty| {
        let tags: BTreeMap<String, String> =
            empty.into_iter().map(|field| (field.tag.clone(), format!("{{{{{}}}}}", field.tag))).collect();
        template.values_with(context, &tags)
    });
    values.ok().map(|values| template.render(&values))
}

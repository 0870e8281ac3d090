//! Prepared texts of the help desk, and how a text with merge tags reads in one conversation.

use std::collections::BTreeMap;

use muster_engine::Account;
use muster_model::{Conversation, MergeContext, RemoteId, Template};

use crate::wire::{FillRequest, Filled, FilledText, SnippetView, Snippets, SnippetsRequest};
use crate::{App, UiError};

impl App {
    /// Prepared texts; with a conversation, filled in for it.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn snippets(&self, request: SnippetsRequest) -> Result<Snippets, UiError> {
        let account = self.account_of(&request.account).await?;
        let conversation = match request.id {
            Some(id) => self.conversation_of(&account, id).await?,
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
            preview: context.as_ref().and_then(|context| Some(filled(&snippet.text, context)?.text)),
        };
        Ok(Snippets { snippets: directory.snippets.iter().map(view).collect() })
    }

    /// Texts as this customer would read them: by the same rules as what is sent.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn fill(&self, request: FillRequest) -> Result<Filled, UiError> {
        let account = self.account_of(&request.account).await?;
        let conversation = self.conversation_of(&account, request.id).await?;
        let (directory, me) = (account.directory(), account.me());
        let context = conversation.as_ref().zip(me.as_ref()).map(|(conversation, agent)| MergeContext {
            conversation,
            agent,
            tenant: &directory.tenant,
        });
        let fill = |text: String| {
            let filled = context.as_ref().and_then(|context| filled(&text, context));
            filled.unwrap_or(FilledText { text, open: true })
        };
        Ok(Filled { texts: request.texts.into_iter().map(fill).collect() })
    }

    async fn conversation_of(&self, account: &Account, id: String) -> Result<Option<Conversation>, UiError> {
        let stores = account.stores().clone();
        self.blocking(move || stores.cache.conversation(&RemoteId::from(id))).await
    }
}

/// The text as this customer would read it. A field that is empty and has no fallback shows its tag, which is what has to
/// be looked at; a tag that nobody knows leaves no preview.
fn filled(text: &str, context: &MergeContext<'_>) -> Option<FilledText> {
    let template = Template::parse(text);
    let mut open = false;
    let values = template.values(context).or_else(|empty| {
        open = true;
        let tags: BTreeMap<String, String> =
            empty.into_iter().map(|field| (field.tag.clone(), format!("{{{{{}}}}}", field.tag))).collect();
        template.values_with(context, &tags)
    });
    values.ok().map(|values| FilledText { text: template.render(&values), open })
}

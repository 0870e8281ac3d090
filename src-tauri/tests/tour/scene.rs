//! What several acts need to know or do: who is in a segment, how a thread is opened, how slow the help desk answers.

use crate::Result;
use crate::acts::look;
use crate::audience::{self, Audience};
use crate::desk::Conversation;
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, until, until_told};
use crate::window::css;
use serde_json::Value;
use std::collections::BTreeMap;

/// The size of a segment that is quickly written to.
const SMALL: std::ops::RangeInclusive<usize> = 5..=40;

impl Stage {
    /// The name of the only account, as `musterctl` knows it.
    pub fn account_name(&self) -> Result<String> {
        let accounts = self.ctl.must(&self.session, &["account", "ls"])?;
        let list = accounts["accounts"].as_array().or(accounts.as_array()).ok_or("no accounts")?;
        let name = list.first().and_then(|account| account["name"].as_str());
        name.map(str::to_owned).ok_or_else(|| "no account".into())
    }

    /// The active conversations with a tag, as the desk reports them.
    pub async fn segment(&self, tag: &str) -> Result<Vec<Conversation>> {
        self.desk.segment(&format!("status=active&tag={tag}")).await
    }

    /// The same, sorted by who can be written to.
    pub async fn audience(&self, tag: &str) -> Result<Audience> {
        Audience::of(&self.desk, &format!("status=active&tag={tag}")).await
    }

    /// A tag that a few active conversations carry.
    pub async fn small_tag(&self) -> Result<String> {
        let mut sizes = BTreeMap::<String, usize>::new();
        for one in self.desk.all().await?.iter().filter(|one| one.word("status") == "active") {
            for tag in one.tags() {
                *sizes.entry(tag.to_owned()).or_default() += 1;
            }
        }
        let fits = sizes.into_iter().filter(|(_, size)| SMALL.contains(size)).max_by_key(|(_, size)| *size);
        fits.map(|(tag, _)| tag).ok_or_else(|| "no tag is carried by a few".into())
    }

    /// A tag that none of these conversations carries.
    pub async fn tag_of_none(&self, ids: &[String]) -> Result<String> {
        let all = self.desk.all().await?;
        let (of_these, of_others): (Vec<_>, Vec<_>) = all.iter().partition(|one| ids.contains(&one.id()));
        let free = of_others
            .iter()
            .flat_map(|one| one.tags())
            .find(|tag| !of_these.iter().any(|one| one.has_tag(tag)));
        free.map(str::to_owned).ok_or_else(|| "they carry every tag there is".into())
    }

    /// Two active e-mail threads with a subject, that nobody follows.
    pub async fn threads_to_follow(&self) -> Result<[Conversation; 2]> {
        let mut found = self.desk.all().await?.into_iter().filter(|one| {
            let plain = !one.word("subject").is_empty() && one.word("channel") == "email";
            plain && one.word("status") == "active" && !one.is_followed()
        });
        match (found.next(), found.next()) {
            (Some(one), Some(other)) => Ok([one, other]),
            _ => Err("no two plain threads".into()),
        }
    }

    /// Finds a conversation by its contact and opens it.
    pub async fn open_thread(&self, conversation: &Conversation) -> Result<()> {
        let id = conversation.id();
        look::set_filter(self, &format!("subject:\"{}\"", conversation.word("subject"))).await?;
        let window = self.window()?;
        window.click_css(&format!("{}[data-id=\"{id}\"]", css("row"))).await?;
        until(&format!("thread {id} to open"), SOON, async || {
            Ok((window.attributes("thread", "data-id").await? == [id.clone()]).then_some(()))
        })
        .await
    }

    /// Waits until the cache holds a text of a conversation.
    pub async fn until_cached(&self, id: &str, text: &str) -> Result<()> {
        let name = self.account_name()?;
        until_told(&format!("\"{text}\" to be cached"), LATER, async || {
            let shown = self.ctl.must(&self.session, &["show", &name, id])?;
            Ok(shown["messages"].to_string().contains(text).then_some(()))
        })
        .await
    }

    /// Waits until the cache lists these as the ones where something happened last.
    pub async fn until_latest(&self, ids: &[String]) -> Result<()> {
        let (name, limit) = (self.account_name()?, ids.len().to_string());
        until_told("the cache to hear of what happened last", LATER, async || {
            let listed = self.ctl.must(&self.session, &["ls", &name, "", "--limit", &limit])?;
            let listed = listed["conversations"].as_array().into_iter().flatten();
            let all = listed.filter_map(|one| one["id"].as_str()).all(|id| ids.iter().any(|one| one == id));
            Ok(all.then_some(()))
        })
        .await
    }

    /// Waits for the newest job to end, and says what the window says about it.
    pub async fn settled(&self) -> Result<String> {
        // The window is asked first, since that costs nothing.
        until("the window to say that the job is over", LATER * 3, async || {
            let states = self.window()?.attributes("job-line", "data-state").await?;
            let over = states.iter().any(|state| state.starts_with("completed"));
            Ok((over || self.window()?.sees("job-result").await?).then_some(()))
        })
        .await?;
        until_told("the job to end", LATER * 3, async || {
            let job = self.newest_job()?;
            let state = job["state"].as_str().unwrap_or_default();
            if state.starts_with("completed") { Ok(Some(())) } else { Err(format!("it is {state}").into()) }
        })
        .await?;
        let result = self.newest_job()?["result"].as_str().unwrap_or_default().to_owned();
        let shown = self
            .window()?
            .text_where_within("job-result", &result, LATER, |text| text.contains(&result))
            .await?;
        Ok(shown)
    }

    /// Counts who has a message once and who is shown as unknown in the newest job; fails for anybody else.
    pub async fn once_or_unknown(&self, audience: &Audience, message: &str) -> Result<(usize, usize)> {
        let name = self.account_name()?;
        let job = self.newest_job()?["job"].as_str().unwrap_or_default().to_owned();
        let shown = self.ctl.must(&self.session, &["job", &name, &job, "show"])?;
        let items = shown["items"].as_array().ok_or("a job without items")?;
        let state =
            |id: &str| items.iter().find(|item| item["id"] == id).and_then(|item| item["state"].as_str());
        let (mut once, mut unknown) = (0, 0);
        for id in &audience.reached {
            let times = audience::times(&self.desk, id, message).await?;
            ensure(times < 2, || format!("{id} holds the message {times} times"))?;
            match state(id) {
                Some("unknown") => unknown += 1,
                Some("applied") if times == 1 => once += 1,
                other => {
                    return Err(
                        format!("{id} holds the message {times} times and is shown as {other:?}").into()
                    );
                }
            }
        }
        Ok((once, unknown))
    }

    /// The newest job, as `musterctl` tells it.
    pub fn newest_job(&self) -> Result<Value> {
        let mut jobs = self.ctl.must(&self.session, &["jobs", &self.account_name()?, "--limit", "1"])?;
        Ok(jobs["jobs"][0].take())
    }

    /// Lets the desk answer so late that a mass reply takes long enough to be interrupted.
    pub async fn desk_answers_slowly(&self) -> Result<()> {
        self.desk.set_faults("latency=1200").await
    }

    /// Lets the desk answer as it was.
    pub async fn desk_answers_quickly(&self) -> Result<()> {
        self.desk.set_faults("").await
    }

    /// Waits until the strip says that the help desk is gone.
    pub async fn sees_offline(&self) -> Result<String> {
        let strip = self.window()?;
        strip
            .text_where_within("strip-connection", "Offline", LATER, |text| text.starts_with("Offline"))
            .await
    }

    /// Waits until the strip says that the help desk is back.
    pub async fn sees_online(&self) -> Result<()> {
        let strip = self.window()?;
        strip
            .text_where_within("strip-connection", "Online", LATER, |text| text.starts_with("Online"))
            .await
            .map(drop)
    }
}

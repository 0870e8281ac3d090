//! What several acts do with jobs: the incident's people are written to again and again, and a job is opened, watched
//! and compared with what the desk holds.

use crate::Result;
use crate::acts::INCIDENT;
use crate::audience::{self, Audience};
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, equal, until, until_told};
use crate::window::{css, number};

impl Stage {
    /// Makes the incident's conversations active again, through `musterctl`.
    pub async fn reopen_the_incident(&mut self) -> Result<()> {
        if self.done().await? == 0 {
            return Ok(());
        }
        self.step("The incident is active again", async |stage, facts| {
            facts.without_picture();
            let name = stage.account_name()?;
            let filter = format!("is:done tag:{INCIDENT}");
            let said =
                stage.ctl.run(&stage.session, &["bulk", &name, &filter, "--status", "active", "--yes"])?;
            ensure(said.code == 0, || format!("musterctl ended with {}: {}", said.code, said.complaint))?;
            equal("still done", stage.done().await?, 0)?;
            facts.saw(format!("{} through musterctl", said.json["counts"]["applied"]));
            Ok(())
        })
        .await
    }

    /// How many of the incident are done at the desk: each who has a mass reply with *Mark as Done*.
    pub async fn done(&self) -> Result<usize> {
        self.desk.count(&format!("status=done&tag={INCIDENT}")).await
    }

    /// Waits until the first have the mass reply, and says how many; the last must not have it yet.
    pub async fn until_some_are_done(&self, audience: &Audience) -> Result<usize> {
        let done = until("the first replies at the desk", LATER, async || {
            let done = self.done().await?;
            Ok((done > 0).then_some(done))
        })
        .await?;
        ensure(done < audience.reached.len(), || "all were sent before anything could be done".into())?;
        Ok(done)
    }

    /// How many of these hold a message; fails where somebody holds it twice.
    pub async fn arrived(&self, ids: &[String], message: &str) -> Result<usize> {
        let mut arrived = 0;
        for id in ids {
            let times = audience::times(&self.desk, id, message).await?;
            ensure(times < 2, || format!("{id} holds the message {times} times"))?;
            arrived += times;
        }
        Ok(arrived)
    }

    /// The id of the newest job.
    pub fn newest_id(&self) -> Result<String> {
        Ok(self.newest_job()?["job"].as_str().ok_or("there is no job")?.to_owned())
    }

    /// Opens the newest job on the jobs page.
    pub async fn open_newest_job(&self) -> Result<String> {
        let id = self.newest_id()?;
        self.window()?.click("nav-jobs").await?;
        self.window()?.click("jobs-view-all").await?;
        self.window()?.click_css(&format!("{}[data-id=\"{id}\"]", css("job-row"))).await?;
        until(&format!("job {id} to open"), SOON, async || {
            Ok((self.window()?.attributes("job-detail", "data-id").await? == [id.clone()]).then_some(()))
        })
        .await?;
        Ok(id)
    }

    /// Waits until the open job is in a state.
    pub async fn job_is(&self, state: &str) -> Result<()> {
        until(&format!("the job to be {state}"), LATER, async || {
            let now = self.window()?.attributes("job-detail", "data-state").await?.concat();
            if now == state { Ok(Some(())) } else { Err(format!("it is {now}").into()) }
        })
        .await
    }

    /// Waits until nothing of the newest job is on its way to the desk.
    pub async fn nothing_is_on_its_way(&self) -> Result<()> {
        until_told("nothing to be on its way", LATER, async || {
            Ok((self.newest_job()?["counts"]["sending"] == 0).then_some(()))
        })
        .await
    }

    /// Waits until a figure of the open job is this.
    pub async fn figure_is(&self, figure: &str, expected: usize) -> Result<()> {
        let part = format!("job-figure-{figure}");
        self.window()?
            .text_where_within(&part, &expected.to_string(), LATER, |text| {
                number(text) == Some(expected as u64)
            })
            .await
            .map(drop)
    }

    /// A figure of the open job.
    pub async fn figure(&self, figure: &str) -> Result<u64> {
        let text = self.window()?.text(&format!("job-figure-{figure}")).await?;
        number(&text).ok_or_else(|| format!("the figure {figure} says \"{text}\"").into())
    }

    /// The items of a job in a state, as `musterctl` tells them.
    pub fn items(&self, job: &str, state: &str) -> Result<Vec<String>> {
        let shown = self.ctl.must(&self.session, &["job", &self.account_name()?, job, "show"])?;
        let items = shown["items"].as_array().ok_or("a job without items")?.iter();
        let these = items.filter(|item| item["state"] == state).filter_map(|item| item["id"].as_str());
        Ok(these.map(str::to_owned).collect())
    }
}

//! A key that may look but not reply: the window offers no mass reply, and `musterctl` is told why.

use super::{INCIDENT, look, select};
use crate::Result;
use crate::ctl::Ctl;
use crate::stage::Stage;
use crate::wait::{LATER, ensure};

/// Signs in with the viewer's key, in a data folder of its own.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let data = stage.session.scratch().join("viewer");
    let ctl = Ctl::new(data.clone());
    let (url, key) = (stage.desk.url.clone(), stage.desk.viewer_key.clone());
    let add = ["account", "add", "viewer", "--kind", "muster", "--url", &url, "--key-stdin"];
    let added = ctl.run_with_input(&stage.session, &add, &key)?;
    ensure(added.code == 0, || added.complaint.clone())?;
    stage.close_window().await?;
    stage
        .step("Without permission to reply", async |stage, facts| {
            stage.open_window_on(&data).await?;
            stage.window()?.see_within("row", LATER).await?;
            look::set_filter(stage, &format!("is:active tag:{INCIDENT}")).await?;
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            window.see("bulk-bar").await?;
            ensure(!window.sees("mass-reply").await?, || "a viewer is offered a mass reply".into())?;
            facts.saw("the bar has no mass reply");
            Ok(())
        })
        .await?;
    stage.close_window().await
}

//! Request Tracker 5, a real one: everything goes through the `musterctl` process, and RT's own data and outbox say what
//! became of it. Left out, loudly, where it is not installed (`cargo xtask setup --yes` installs it on Debian).
//! `MUSTER_RT_ONLY=faults` (or another part's name) takes that part alone.
#![cfg(unix)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that says what it left out, and how far it is"
)]

mod client;
mod proxy;
#[path = "../../../../tests/rt/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Client;
use proxy::{Fault, Proxy};
use server::{Result, Server};

#[test]
fn musterctl_works_at_a_real_request_tracker() {
    if let Some(why) = server::missing() {
        eprintln!("LEFT OUT: {why}");
        println!("LEFT OUT: {why}");
        return;
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_musterctl")).ancestors().nth(2).unwrap();
    // Somebody else in this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let started = Instant::now();
    let server = Server::start(repository, target).unwrap();
    println!("RT answers after {:.1} s", started.elapsed().as_secs_f32());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(all(&server));
    println!("over after {:.1} s", started.elapsed().as_secs_f32());
    outcome.unwrap();
}

/// Everything that there is to show, one after the other: what one part did is where the next one begins.
async fn all(server: &Server) -> Result<()> {
    let only = std::env::var("MUSTER_RT_ONLY").ok();
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let told = |part: &str, began: Instant| println!("  {part}: {:.1} s", began.elapsed().as_secs_f32());
    let began = Instant::now();
    let anna = Client::sign_in(&server.url, &server.key("anna")?)?;
    told("anna signed in", began);
    macro_rules! play {
        ($($part:ident => $work:expr),+ $(,)?) => {
            $(if wanted(stringify!($part)) {
                let began = Instant::now();
                $work?;
                told(stringify!($part), began);
            })+
        };
    }
    play! {
        reading => reading(server, &anna).await,
        changing => changing(server, &anna).await,
        companys_own_statuses => companys_own_statuses(server, &anna).await,
        replying => replying(server, &anna, "anna", &["Billing", "General"], 60).await,
        customers_and_colleagues => customers_and_colleagues(server, &anna).await,
        gerda => in_another_language(server, "gerda", "Shipping").await,
        toshi => in_another_language(server, "toshi", "Customer care").await,
        rights => rights(server),
        gone => gone(server, &anna).await,
        faults => faults(server).await,
    }
    Ok(())
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what().into()) }
}

fn is_applied(counts: &serde_json::Value, n: usize) -> Result<()> {
    let others = ["rejected", "skipped", "unknown", "held"];
    let clean = others.iter().all(|word| counts[*word].as_u64().unwrap_or_default() == 0);
    ensure(clean && counts["applied"] == n, || format!("{n} should be applied: {counts}"))
}

async fn reading(server: &Server, anna: &Client) -> Result<()> {
    let there = server.count("anna", "id > 0").await?;
    let here = anna.count("")?;
    ensure(there == here && there >= 290, || format!("{here} of {there} tickets are here"))?;
    for (filter, query) in [
        ("is:done", "Status = 'resolved' OR Status = 'shipped'"),
        ("tag:vip", "CF.{Tags} = 'vip'"),
        ("assignee:ben team:billing", "Owner = 'ben' AND Queue = 'Billing'"),
        ("team:customer-care unassigned", "Owner = 'Nobody' AND Queue = 'Customer care'"),
        ("priority:urgent", "Priority >= 100"),
        ("is:active team:orders", "Queue = 'Orders' AND Status = '__Active__'"),
    ] {
        let (here, there) = (anna.count(filter)?, server.count("anna", query).await?);
        // "unassigned" means neither agent nor team, and every ticket is in a queue.
        let expected = if filter.contains("unassigned") { 0 } else { there };
        ensure(here == expected, || format!("{filter}: {here} here, {there} there"))?;
    }
    let id = server.ids("anna", "Queue = 'Billing'").await?.remove(0);
    let thread = anna.must(&["show", "rt", &id])?;
    let texts: Vec<&str> = thread["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|message| message["text"].as_str())
        .collect();
    ensure(texts.iter().any(|text| text.contains("Please help — thanks ✓")), || {
        format!("{id} says {thread}")
    })?;
    println!("synced {here} tickets, as many as RT has");
    Ok(())
}

async fn changing(server: &Server, anna: &Client) -> Result<()> {
    let open =
        server.ids("anna", "Status = '__Active__' AND Status != 'stalled' AND Lifecycle = 'default'").await?;
    let hundred = &open[..100];
    is_applied(&anna.bulk(hundred, &["--status", "done"])?, 100)?;
    let some = &hundred[..30];
    let elsewhere =
        server.ids("anna", "Queue != 'Billing' AND Lifecycle = 'default' AND Owner != 'Nobody'").await?;
    let others: Vec<String> =
        hundred[30..].iter().filter(|id| elsewhere.contains(id)).take(10).cloned().collect();
    let before = tags(server, &some[0]).await?;
    is_applied(
        &anna.bulk(some, &["--assign", "chloe", "--tag", "outage,über-tag", "--priority", "urgent"])?,
        30,
    )?;
    is_applied(&anna.bulk(&others, &["--team", "billing"])?, 10)?;
    is_applied(&anna.bulk(&others, &["--unassign"])?, 10)?;
    all_are(server, hundred, "Status", "resolved").await?;
    all_are(server, some, "Owner", "chloe").await?;
    all_are(server, some, "Priority", "100").await?;
    for id in some {
        let tags = tags(server, id).await?;
        ensure(tags.iter().any(|tag| tag == "outage") && tags.iter().any(|tag| tag == "über-tag"), || {
            format!("{id}: {tags:?}")
        })?;
    }
    let after = tags(server, &some[0]).await?;
    ensure(before.iter().all(|tag| after.contains(tag)), || format!("{before:?} became {after:?}"))?;
    all_are(server, &others, "Owner", "Nobody").await?;
    let nobody = others.iter().map(|id| format!("id = {id}")).collect::<Vec<_>>().join(" OR ");
    let moved = server.count("anna", &format!("({nobody}) AND Queue = 'Billing'")).await?;
    ensure(moved == 10, || format!("{moved} of 10 are in Billing"))?;
    ensure(anna.count("tag:outage priority:urgent assignee:chloe is:done")? == 30, || {
        "the cache lags behind".into()
    })?;
    println!("100 resolved, 30 assigned, tagged and made urgent, 10 moved and given to nobody");
    Ok(())
}

/// RT itself says this of each of these tickets.
async fn all_are(server: &Server, ids: &[String], field: &str, expected: &str) -> Result<()> {
    for (id, value) in ids.iter().zip(server.field(ids, field).await?) {
        ensure(value == expected, || format!("{field} of {id} is {value}, not {expected}"))?;
    }
    Ok(())
}

async fn tags(server: &Server, id: &str) -> Result<Vec<String>> {
    let ticket = server.ask(&format!("ticket/{id}"), &[]).await?;
    let fields = ticket["CustomFields"].as_array().into_iter().flatten();
    let values = fields
        .filter(|field| field["name"] == "Tags")
        .flat_map(|field| field["values"].as_array().into_iter().flatten());
    Ok(values.filter_map(|value| value.as_str().map(str::to_owned)).collect())
}

async fn companys_own_statuses(server: &Server, anna: &Client) -> Result<()> {
    let packing = server.ids("anna", "Queue = 'Orders' AND Status = '__Active__'").await?;
    ensure(!packing.is_empty(), || "no order is being packed".into())?;
    let n = packing.len();
    is_applied(&anna.bulk(&packing, &["--status", "done"])?, n)?;
    all_are(server, &packing, "Status", "shipped").await?;
    println!("{n} orders shipped: the company's own word for done");
    Ok(())
}

/// A mass reply, and what RT says of it: one correspondence and one mail each.
async fn replying(server: &Server, client: &Client, login: &str, queues: &[&str], n: usize) -> Result<()> {
    let of_queues: Vec<String> = queues.iter().map(|queue| format!("Queue = '{queue}'")).collect();
    let query = format!("({}) AND Lifecycle = 'default'", of_queues.join(" OR "));
    let ids = server.ids(login, &query).await?;
    ensure(ids.len() >= n, || format!("only {} of {n} tickets", ids.len()))?;
    let text = format!("A mass reply of {login}: it works again.");
    is_applied(&client.reply(&ids[..n], &text, &["--status", "done"])?, n)?;
    each_once(server, &ids[..n], &text).await?;
    all_are(server, &ids[..n], "Status", "resolved").await?;
    println!("{n} replies of {login}: one correspondence and one mail each");
    Ok(())
}

/// Each of these tickets holds the text once, and its requestor got it once, by mail.
async fn each_once(server: &Server, ids: &[String], text: &str) -> Result<()> {
    let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in server.outbox()? {
        if mail.text.contains(text) {
            mails.entry(mail.ticket).or_default().push(mail.to);
        }
    }
    for id in ids {
        let held = server.correspondence(id).await?.iter().filter(|one| one.contains(text)).count();
        ensure(held == 1, || format!("{id} holds the message {held} times"))?;
        let requestor = format!("customer{id}@shop.test");
        let to: Vec<&String> =
            mails.get(id).into_iter().flatten().filter(|to| to.contains(&requestor)).collect();
        ensure(to.len() == 1, || {
            format!("{requestor} got {} mails for {id}: {:?}", to.len(), mails.get(id))
        })?;
    }
    ensure(mails.len() == ids.len(), || format!("{} tickets got mail, not {}", mails.len(), ids.len()))
}

async fn customers_and_colleagues(server: &Server, anna: &Client) -> Result<()> {
    let id = server.ids("anna", "Queue = 'Billing' AND Status = 'resolved'").await?.remove(0);
    server.customer_writes(&id, "It is broken again.")?;
    anna.must(&["sync", "rt"])?;
    let now = anna.must(&["show", "rt", &id])?;
    ensure(now["status"] == "active", || format!("the customer wrote, and {id} is {}", now["status"]))?;
    let text = now["messages"].to_string();
    ensure(text.contains("It is broken again."), || format!("{id} does not hold it: {text}"))?;
    println!("what a customer writes arrives, and opens the ticket again");
    Ok(())
}

async fn in_another_language(server: &Server, login: &str, queue: &str) -> Result<()> {
    let agent = &Client::sign_in(&server.url, &server.key(login)?)?;
    let (there, here) = (server.count(login, "id > 0").await?, agent.count("")?);
    ensure(there == here, || format!("{login}: {here} of {there} are here"))?;
    let ids = server.ids(login, &format!("Queue = '{queue}' AND Status = '__Active__'")).await?;
    let n = ids.len().min(12);
    is_applied(&agent.bulk(&ids[..n], &["--status", "done", "--assign", login])?, n)?;
    all_are(server, &ids[..n], "Status", "resolved").await?;
    all_are(server, &ids[..n], "Owner", login).await?;
    // Times are read in the agent's zone; what changes a moment later must be seen all the same.
    server.customer_writes(&ids[0], "One more thing.")?;
    agent.must(&["sync", "rt"])?;
    let now = agent.must(&["show", "rt", &ids[0]])?;
    ensure(now["status"] == "active", || format!("{login} did not hear of it: {}", now["status"]))?;
    replying(server, agent, login, &[queue], 20).await
}

fn rights(server: &Server) -> Result<()> {
    let limited = Client::sign_in(&server.url, &server.key("limited")?)?;
    let check = limited.must(&["account", "check", "rt"])?;
    let me = &check["check"]["me"];
    ensure(me["mayReply"] == false && me["mayChange"] == false, || format!("limited may do too much: {me}"))?;
    let ids = limited.ids("team:billing")?;
    let counts = limited.bulk(&ids[..2], &["--status", "done"]).unwrap_or_default();
    ensure(counts["applied"].as_u64().unwrap_or_default() == 0, || {
        format!("limited changed something: {counts}")
    })?;
    println!("a key that may only look changes nothing");
    Ok(())
}

/// Replies to each of these while something breaks. A call with all of them takes RT three seconds, because each mail takes
/// it 0.3 – longer than the impatient proxy waits, and far less than the settle time of [`Client`].
const HURT: usize = 10;
/// Mails that are out before the workers are killed.
const OUT: usize = 3;
/// From the sight of the last of them to the kill. RT sends a mail inside of the database transaction of its message: one
/// that dies in between has told a customer what it then forgets, and nobody outside can know. So the kill falls into the
/// wait before the next mail, when the message of the last one is kept.
const INTO_THE_WAIT: Duration = Duration::from_millis(150);

/// Replies while the connection is cut, a proxy gives up, and the worker that answers is killed: exactly one each.
async fn faults(server: &Server) -> Result<()> {
    // Who belongs to nobody gets one mail a reply, to the requestor: no owner is told as well.
    let all = server.ids("ben", "Lifecycle = 'default' AND Owner = 'Nobody'").await?;
    ensure(all.len() >= 3 * HURT, || format!("only {} tickets are left for faults", all.len()))?;
    let key = server.key("ben")?;
    let cutting = Proxy::start(&server.url, Fault::Cut)?;
    let impatient = Proxy::start(&server.url, Fault::Impatient(Duration::from_secs(2)))?;
    let through = [cutting.url.as_str(), impatient.url.as_str(), server.url.as_str()];
    let texts = ["Through a cut connection.", "Through an impatient proxy.", "While the worker dies."];
    // Signed in before anything is slow.
    let signing = std::thread::scope(|scope| {
        through.map(|url| scope.spawn(|| Client::sign_in(url, &key))).map(|thread| thread.join())
    });
    let mut clients = Vec::new();
    for client in signing {
        clients.push(client.map_err(|_| "a sign-in panicked")??);
    }
    server.set_slow(true)?;
    let outcome = std::thread::scope(|scope| {
        let flows: Vec<_> = clients
            .iter()
            .zip(all.chunks(HURT))
            .zip(texts)
            .map(|((ben, ids), text)| {
                scope.spawn(move || -> Result<()> {
                    is_applied(&ben.reply(ids, text, &[])?, ids.len())
                        .map_err(|err| format!("{text} {err}").into())
                })
            })
            .collect();
        let killer = scope.spawn(|| kill_in_the_middle(server, texts[2]));
        let over: Vec<_> = flows.into_iter().map(|flow| flow.join()).collect();
        let workers = killer.join().map_err(|_| "the killer panicked")?;
        for flow in over {
            flow.map_err(|_| "a flow panicked")??;
        }
        workers
    });
    server.set_slow(false)?;
    let workers = outcome?;
    ensure(cutting.failed() >= 2, || format!("{} connections were cut, not two", cutting.failed()))?;
    ensure(impatient.failed() >= 1, || "the proxy never gave up".into())?;
    for (ids, text) in all.chunks(HURT).zip(texts) {
        each_once(server, ids, text).await.map_err(|err| format!("{text} {err}"))?;
    }
    println!("cut twice, given up {} times, {workers} workers killed: exactly one each", impatient.failed());
    Ok(())
}

/// Waits until some of the mails went out, then kills every worker.
fn kill_in_the_middle(server: &Server, text: &str) -> Result<usize> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(120) {
        if server.outbox()?.iter().filter(|mail| mail.text.contains(text)).count() >= OUT {
            std::thread::sleep(INTO_THE_WAIT);
            return server.kill_workers();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("nothing went out in two minutes that could be interrupted".into())
}

async fn gone(server: &Server, anna: &Client) -> Result<()> {
    let ids = server.ids("anna", "Queue = 'Shipping'").await?;
    let (deleted, merged, into) = (&ids[0], &ids[1], &ids[2]);
    is_applied(&anna.bulk(std::slice::from_ref(deleted), &["--delete"])?, 1)?;
    server.perl(&format!(
        "my $t = RT::Ticket->new($S); $t->Load({merged}); my ($ok, $message) = $t->MergeInto({into}); die $message unless $ok; \
         $t = RT::Ticket->new($S); $t->Load({}); ($ok, $message) = $t->SetStatus('deleted'); die $message unless $ok;",
        ids[3]
    ))?;
    let before = anna.count("")?;
    anna.must(&["sync", "rt"])?;
    let (here, there) = (anna.count("")?, server.count("anna", "id > 0").await?);
    ensure(here == there && here == before - 2, || format!("{before} became {here}, RT has {there}"))?;
    for id in [deleted, merged, &ids[3]] {
        ensure(anna.run(&["show", "rt", id])?.1["id"] != id.as_str(), || format!("{id} is still here"))?;
    }
    println!("one deleted here, one there, one merged: all left the cache");
    Ok(())
}

//! What is measured, in the order of DESIGN: lists, counts, the sidebar, sweeping changes, ingest, size, start, memory.

use std::{hint::black_box, process::Command};

use muster_model::{Match, RemoteId, Resolved, Sort, Status};
use muster_store::{DataKey, Journal, Overlay, PageKey};

use crate::{
    Bench, KEY, PAGE,
    data::{END, World, agent, tag, team},
    in_turn, millis, ours,
    ours::{Ours, active, of_agent, of_team, tagged},
    plain::{Plain, Question, question, with_tag, with_words},
    report,
};

/// A question in both languages.
struct Asked {
    name: &'static str,
    ours: Match,
    plain: Question,
}

impl Bench {
    pub fn run(&mut self) {
        self.lists();
        self.counts();
        self.views();
        self.bulk();
        self.ingest();
        self.size();
        self.start();
        self.memory();
        self.aged();
        self.retention();
    }

    fn asked(&self) -> Vec<Asked> {
        let month = 30 * 86_400_000;
        let two = self.world.typed(300);
        let frequent = self.world.typed(5);
        let words = |words: [&str; 2]| Match::And(words.map(|word| Match::Word(word.to_owned())).to_vec());
        let older = Match::Updated { from: None, before: Some(END - month + 1) };
        let tag = tag(5);
        let agent = agent(7);
        vec![
            Asked { name: "status", ours: active(), plain: question("c.status = 'active'") },
            Asked {
                name: "status+tag",
                ours: Match::And(vec![active(), tagged(&tag)]),
                plain: question(format!("c.status = 'active' AND {}", with_tag(&tag))),
            },
            Asked {
                // Done: of what is active, a hundred thousand have less than a page of one agent's.
                name: "status+agent+older",
                ours: Match::And(vec![Match::Status(vec![Status::Done]), of_agent(&agent), older]),
                plain: question(format!(
                    "c.status = 'done' AND c.agent = '{agent}' AND c.updated <= {}",
                    END - month
                )),
            },
            Asked { name: "two words", ours: words(two), plain: question(with_words(&two)) },
            Asked {
                name: "two frequent words",
                ours: words(frequent),
                plain: question(with_words(&frequent)),
            },
            Asked {
                name: "text+tag",
                ours: Match::And(vec![Match::Word(frequent[0].to_owned()), tagged(&tag)]),
                plain: question(format!("{} AND {}", with_words(&frequent[..1]), with_tag(&tag))),
            },
        ]
    }

    fn lists(&self) {
        for asked in self.asked() {
            let name = format!("list {}", asked.name);
            if !self.wants(&name) {
                continue;
            }
            let (samples, baseline) = in_turn(
                || _ = black_box(self.ours.list(&asked.ours, &Overlay::empty(), None)),
                || _ = black_box(self.plain.list(&asked.plain, 50, 0)),
            );
            report(&name, self.n, "ms", &samples, &baseline);
        }
        if self.wants("list middle") {
            let (not_spam, key) = self.middle();
            let asked = question("c.status <> 'spam'");
            let (samples, baseline) = in_turn(
                || _ = black_box(self.ours.list(&not_spam, &Overlay::empty(), Some(key.clone()))),
                || _ = black_box(self.plain.list(&asked, 50, self.n / 2)),
            );
            report("list middle", self.n, "ms", &samples, &baseline);
        }
    }

    /// A list, and the place of its middle.
    fn middle(&self) -> (Match, PageKey) {
        let middle: i64 = self
            .plain
            .conn
            .query_row(
                "SELECT updated FROM conversations ORDER BY updated DESC LIMIT 1 OFFSET ?1",
                [i64::try_from(self.n / 2).unwrap()],
                |row| row.get(0),
            )
            .unwrap();
        let not_spam = Match::Not(Box::new(Match::Status(vec![Status::Spam])));
        (not_spam, format!("{}:", -middle).parse().unwrap())
    }

    /// The same lists of a large and of a small cache, in turn: the ratio is the growth. Each has a page of rows in both,
    /// or the smaller one would have less to read.
    pub fn growth(&self, small: &Self) {
        let lists = |bench: &Self| {
            let whole = bench.asked().into_iter().map(|asked| (asked.name, asked.ours, None));
            let (not_spam, key) = bench.middle();
            whole.chain([("middle", not_spam, Some(key))]).collect::<Vec<_>>()
        };
        for ((name, large, from), (_, few, few_from)) in lists(self).into_iter().zip(lists(small)) {
            let full = [(self, &large), (small, &few)]
                .map(|(bench, asked)| bench.ours.list(asked, &Overlay::empty(), None));
            assert_eq!(full, [50, 50], "{name} is less than a page");
            let (samples, baseline) = in_turn(
                || _ = black_box(self.ours.list(&large, &Overlay::empty(), from.clone())),
                || _ = black_box(small.ours.list(&few, &Overlay::empty(), few_from.clone())),
            );
            report(&format!("growth of list {name}"), self.n, "ms", &samples, &baseline);
        }
    }

    fn counts(&self) {
        for asked in self.asked() {
            let name = format!("count {}", asked.name);
            if !self.wants(&name) {
                continue;
            }
            let (found, plainly) = (self.ours.count(&asked.ours), self.plain.count(&asked.plain));
            // Words are asked as prefixes here and whole there, anywhere here and in one message there.
            assert!(
                found >= plainly
                    && (asked.name.contains("word") || asked.name.contains("text") || found == plainly),
                "{name}: {found} and {plainly}"
            );
            let (samples, baseline) = in_turn(
                || _ = black_box(self.ours.count(&asked.ours)),
                || _ = black_box(self.plain.count(&asked.plain)),
            );
            report(&name, self.n, "ms", &samples, &baseline);
        }
    }

    /// The sidebar: 25 views, counted anew.
    fn views(&self) {
        if !self.wants("views 25") {
            return;
        }
        let (mut ours, mut plain): (Vec<Match>, Vec<Question>) = (Vec::new(), Vec::new());
        for status in ["active", "snoozed", "done", "archived", "spam"] {
            ours.push(Match::Status(vec![Status::from(status)]));
            plain.push(question(format!("c.status = '{status}'")));
        }
        for number in 0..8 {
            ours.push(Match::And(vec![active(), of_agent(&agent(number))]));
            plain.push(question(format!("c.status = 'active' AND c.agent = '{}'", agent(number))));
        }
        for number in 0..6 {
            ours.push(Match::And(vec![active(), of_team(&team(number))]));
            plain.push(question(format!("c.status = 'active' AND c.team = '{}'", team(number))));
        }
        for number in 0..6 {
            ours.push(Match::And(vec![active(), tagged(&tag(number * 3))]));
            plain.push(question(format!("c.status = 'active' AND {}", with_tag(&tag(number * 3)))));
        }
        let (samples, baseline) = in_turn(
            || _ = black_box(self.ours.cache.counts(&ours, &Overlay::empty()).unwrap()),
            || plain.iter().for_each(|view| _ = black_box(self.plain.count(view))),
        );
        report("views 25", self.n, "ms", &samples, &baseline);
    }

    /// Confirm → durable and visible: list and count of what was touched.
    fn bulk(&mut self) {
        let sizes = [(1_000, "bulk 1k"), (10_000, "bulk 10k"), (100_000, "bulk 100k")];
        for (size, name) in sizes {
            if size > self.n || !self.wants(name) {
                continue;
            }
            let query = Resolved {
                filter: Match::Not(Box::new(Match::Status(vec![Status::Done]))),
                sort: Sort::default(),
            };
            let mut ids: Vec<RemoteId> = self.ours.cache.matching_ids(&query, &Overlay::empty()).unwrap();
            ids.truncate(size);
            let size = ids.len();
            let done = Match::Status(vec![Status::Done]);
            let before_count = self.ours.count(&done);
            let (mut samples, mut baseline, mut seen) = (Vec::new(), Vec::new(), Vec::new());
            for run in 0..9 {
                let folder = tempfile::tempdir().unwrap();
                let journal = Journal::open(folder.path(), &DataKey::from_bytes(KEY)).unwrap();
                let job = ours::done(&ids);
                let before = ours::overlay(&journal, &Overlay::empty());
                let mut overlay = Overlay::empty();
                let took = millis(|| {
                    journal.insert_job(&job).unwrap();
                    overlay = ours::overlay(&journal, &before);
                    assert_eq!(self.ours.list(&done, &overlay, None), 50);
                    assert_eq!(self.ours.cache.count(&done, &overlay).unwrap(), before_count + size as u64);
                });
                // The first run is for the pages.
                if run > 0 {
                    samples.push(took);
                    baseline.push(self.bulk_plainly(&ids));
                }
                seen.push(millis(|| _ = self.ours.cache.count(&active(), &overlay).unwrap()));
            }
            report(name, size, "ms", &samples, &baseline);
            report(&format!("count over {}", name.trim_start_matches("bulk ")), size, "ms", &seen, &[]);
        }
    }

    fn bulk_plainly(&mut self, ids: &[RemoteId]) -> f64 {
        self.plain.conn.execute_batch("PRAGMA synchronous = FULL").unwrap();
        let took = millis(|| {
            let tx = self.plain.conn.transaction().unwrap();
            for id in ids {
                tx.prepare_cached(
                    "UPDATE conversations SET status = 'done', stamp = stamp + 1 WHERE remote = ?1",
                )
                .unwrap()
                .execute([id.as_str()])
                .unwrap();
            }
            tx.commit().unwrap();
            self.plain.list(&question("c.status = 'done'"), 50, 0);
            self.plain.count(&question("c.status = 'done'"));
        });
        // As it was: the status follows from the number.
        let tx = self.plain.conn.transaction().unwrap();
        for id in ids {
            let number = id.as_str().parse::<usize>().unwrap() - 2_000_000;
            let was = self.world.thread(number).conversation.status;
            tx.prepare_cached("UPDATE conversations SET status = ?2, stamp = stamp - 1 WHERE remote = ?1")
                .unwrap()
                .execute([id.as_str(), was.as_str()])
                .unwrap();
        }
        tx.commit().unwrap();
        self.plain.conn.execute_batch("PRAGMA synchronous = NORMAL").unwrap();
        took
    }

    /// Pages with text into new databases, in turn.
    fn ingest(&self) {
        if !self.wants("ingest") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let ours = Ours::open(folder.path());
        let mut plain = Plain::open(&folder.path().join("plain.db"));
        let (mut samples, mut baseline) = (Vec::new(), Vec::new());
        for start in (0..20_000.min(self.n)).step_by(PAGE) {
            let page: Vec<_> = (start..start + PAGE).map(|number| self.world.thread(number)).collect();
            samples.push(millis(|| ours.ingest(&page)));
            baseline.push(millis(|| plain.ingest(&page)));
        }
        report("ingest", PAGE, "ms", &samples, &baseline);
        self.ingest_headers();
        // The same of everything, as it was when the data was built: with what each page costs when much is there.
        let whole = std::fs::read_to_string(self.folder.join("whole")).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
        let took = |who: &str| whole[who].as_f64().unwrap();
        report("ingest of all", self.n, "s", &[took("ours")], &[took("plain")]);
    }

    /// Pages of a first walk, which brings headers alone, and the same pages again, which say nothing new.
    fn ingest_headers(&self) {
        let folder = tempfile::tempdir().unwrap();
        let ours = Ours::open(folder.path());
        let mut plain = Plain::open(&folder.path().join("plain.db"));
        let (mut samples, mut again, mut baseline) = (Vec::new(), Vec::new(), Vec::new());
        for start in (0..10_000.min(self.n)).step_by(PAGE / 5) {
            let mut page: Vec<_> =
                (start..start + PAGE / 5).map(|number| self.world.thread(number)).collect();
            page.iter_mut().for_each(|thread| thread.messages.clear());
            let headers: Vec<_> = page.iter().map(|thread| thread.conversation.clone()).collect();
            samples.push(millis(|| ours.walk(&headers)));
            baseline.push(millis(|| plain.ingest(&page)));
            again.push(millis(|| ours.walk(&headers)));
        }
        report("ingest headers", PAGE / 5, "ms", &samples, &baseline);
        report("ingest headers again", PAGE / 5, "ms", &again, &baseline);
    }

    fn size(&self) {
        if !self.wants("size") {
            return;
        }
        let mib = |name: &str| {
            std::fs::metadata(self.folder.join(name)).map_or(0.0, |file| file.len() as f64 / 1_048_576.0)
        };
        report("size", self.n, "MiB", &[mib("cache.db")], &[mib("plain.db")]);
    }

    /// From the start of a process to its first list.
    fn start(&self) {
        if !self.wants("start") {
            return;
        }
        let run = |how: &str| {
            let done =
                Command::new(std::env::current_exe().unwrap()).arg(how).arg(&self.folder).status().unwrap();
            assert!(done.success());
        };
        let (samples, baseline) = in_turn(|| run("--start-ours"), || run("--start-plain"));
        report("start", self.n, "ms", &samples, &baseline);
        let (samples, baseline) = in_turn(|| run("--start-facets"), || run("--start-plain"));
        report("start to counts", self.n, "ms", &samples, &baseline);
    }

    fn memory(&self) {
        if !self.wants("memory") {
            return;
        }
        let bytes = self.ours.cache.index_bytes().unwrap();
        report("memory", self.n, "bytes per conversation", &[bytes as f64 / self.n as f64], &[]);
    }

    /// After a twentieth of all conversations were moved by something that is no text.
    fn aged(&self) {
        if !self.wants("aged") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let n = self.n.min(100_000);
        let world = World::new(n);
        let ours = Ours::open(folder.path());
        let fresh = tempfile::tempdir().unwrap();
        let fresh_ours = Ours::open(fresh.path());
        let mut moved = Vec::new();
        for start in (0..n).step_by(PAGE) {
            let mut page: Vec<_> =
                (start..(start + PAGE).min(n)).map(|number| world.thread(number)).collect();
            ours.ingest(&page);
            for (place, thread) in page.iter_mut().enumerate().filter(|(place, _)| place % 20 == 7) {
                let c = &mut thread.conversation;
                c.updated =
                    jiff::Timestamp::from_millisecond(END + i64::try_from(start + place).unwrap()).unwrap();
                c.stamp += 1;
                moved.push(c.clone());
            }
            fresh_ours.ingest(&page);
        }
        moved.sort_by_key(|c| c.updated);
        for page in moved.chunks(200) {
            ours.cache.apply_page(page, &[], "aged", false, None, ours::now()).unwrap();
        }
        for asked in self.asked().into_iter().filter(|asked| asked.name != "status+agent+older") {
            assert_eq!(ours.count(&asked.ours), fresh_ours.count(&asked.ours));
            let (samples, baseline) = in_turn(
                || _ = black_box(ours.list(&asked.ours, &Overlay::empty(), None)),
                || _ = black_box(fresh_ours.list(&asked.ours, &Overlay::empty(), None)),
            );
            report(&format!("aged list {}", asked.name), n, "ms", &samples, &baseline);
        }
    }

    /// The messages of the oldest go until a tenth of the room is free, the index put together included; there, as many go
    /// and nothing is put together.
    fn retention(&self) {
        if !self.wants("retention") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(&self.folder).unwrap().map(|file| file.unwrap().path()) {
            std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let ours = Ours::open(folder.path());
        let mut plain = Plain::open(&folder.path().join("plain.db"));
        let mut removed = 0;
        let took = millis(|| removed = ours.remove_a_tenth());
        let plainly = millis(|| plain.remove_oldest(removed));
        report("retention", removed, "ms", &[took], &[plainly]);
    }
}

//! `cargo xtask bench`: what large jobs cost, each measure beside a baseline of the same run. It builds optimised,
//! prints figures, and asserts no time: it fails only where something could not be measured.

use crate::Result;
use crate::step::command;
use serde_json::{Value, json};
use std::process::Stdio;

mod window;

/// The bench that is run only when it is named.
const WINDOW: &str = "window";

/// Every bench, and the crate that it stands in.
const BENCHES: [(&str, &str); 5] = [
    ("muster-store", "journal"),
    ("muster-engine", "job"),
    ("muster-store", "cache"),
    ("muster-desk", "load"),
    ("muster-engine", "rt"),
];

/// One measure as a bench prints it: a line of JSON.
#[derive(Debug, PartialEq)]
struct Measure {
    name: String,
    n: u64,
    unit: String,
    samples: Vec<f64>,
    /// Empty: measured against nothing.
    baseline: Vec<f64>,
}

/// Takes the measures whose names contain one of `names`; all without any. The name of a bench stands for all of its
/// measures. `conversations`: how many the bench of the cache is about.
pub fn run(json: bool, names: &[String], conversations: Option<usize>) -> Result<()> {
    let mut measures = Vec::new();
    let (with_window, names): (Vec<String>, Vec<String>) =
        names.iter().cloned().partition(|name| name == WINDOW);
    let (benches, names) =
        if !with_window.is_empty() && names.is_empty() { (Vec::new(), Vec::new()) } else { chosen(&names) };
    for (package, bench) in benches {
        if !json {
            println!("\n▶ {package}: {bench}");
        }
        let mut args = names.clone();
        if let Some(n) = conversations.filter(|_| bench == "cache") {
            args.extend(["--conversations".to_owned(), n.to_string()]);
        }
        measures.extend(take(package, bench, &args)?);
    }
    if !with_window.is_empty() {
        measures.extend(window::take(conversations)?);
    }
    if measures.is_empty() && !names.is_empty() {
        return Err(format!("no measure is named like {}", names.join(" or ")).into());
    }
    if json {
        let measures: Vec<Value> = measures.iter().map(Measure::figures).collect();
        println!("{}", json!({ "machine": machine(), "measures": measures }));
    } else {
        println!("\n{}", table(&measures));
        println!("{}", machine());
    }
    Ok(())
}

/// The benches to run, and the names of measures that they are told.
fn chosen(names: &[String]) -> (Vec<(&'static str, &'static str)>, Vec<String>) {
    let is_bench = |name: &String| BENCHES.iter().any(|(_, bench)| bench == name);
    let (benches, measures): (Vec<String>, Vec<String>) = names.iter().cloned().partition(is_bench);
    let wanted = BENCHES.into_iter();
    let wanted = wanted.filter(|(_, bench)| benches.is_empty() || benches.iter().any(|name| name == bench));
    (wanted.collect(), measures)
}

/// Builds one bench and runs it; what Cargo says goes to the terminal's error output.
fn take(package: &str, bench: &str, names: &[String]) -> Result<Vec<Measure>> {
    let mut cargo = command(&format!("cargo bench --quiet -p {package} --bench {bench} --"));
    let output = cargo
        .args(names)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("the bench {bench} ended with {}", output.status).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().filter(|line| line.starts_with('{')).map(Measure::read).collect()
}

impl Measure {
    fn read(line: &str) -> Result<Self> {
        let said: Value = serde_json::from_str(line).map_err(|_| format!("a bench said: {line}"))?;
        let numbers = |key: &str| -> Vec<f64> {
            said[key].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
        };
        let measure = Self {
            name: said["name"].as_str().unwrap_or_default().to_owned(),
            n: said["n"].as_u64().unwrap_or_default(),
            unit: said["unit"].as_str().unwrap_or_default().to_owned(),
            samples: numbers("samples"),
            baseline: numbers("baseline"),
        };
        if measure.name.is_empty() || measure.samples.is_empty() {
            return Err(format!("a bench said: {line}").into());
        }
        Ok(measure)
    }

    fn ratio(&self, percent: usize) -> Option<f64> {
        let baseline = quantile(&self.baseline, percent).filter(|baseline| *baseline > 0.0)?;
        Some(quantile(&self.samples, percent)? / baseline)
    }

    fn figures(&self) -> Value {
        json!({
            "name": self.name,
            "n": self.n,
            "unit": self.unit,
            "median": quantile(&self.samples, 50),
            "p95": quantile(&self.samples, 95),
            "baseline_median": quantile(&self.baseline, 50),
            "baseline_p95": quantile(&self.baseline, 95),
            "ratio_p95": self.ratio(95),
            "samples": self.samples.len(),
        })
    }
}

/// The smallest sample that so many percent of all samples do not exceed.
fn quantile(samples: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

fn table(measures: &[Measure]) -> String {
    let shown = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |number| format!("{number:.2}"));
    let mut rows = vec![
        ["measure", "median", "p95", "baseline", "base p95", "ratio", "ratio p95", "n"].map(str::to_owned),
    ];
    for measure in measures {
        rows.push([
            format!("{} ({})", measure.name, measure.unit),
            shown(quantile(&measure.samples, 50)),
            shown(quantile(&measure.samples, 95)),
            shown(quantile(&measure.baseline, 50)),
            shown(quantile(&measure.baseline, 95)),
            shown(measure.ratio(50)),
            shown(measure.ratio(95)),
            measure.samples.len().to_string(),
        ]);
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..8).map(width).collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells =
            cells.map(
                |(column, (cell, width))| {
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            );
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the figures were taken on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| {
        let line = info.lines().find(|line| line.starts_with("model name"))?.to_owned();
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    format!("{os} {arch}, {cores} cores{}", model.map(|model| format!(", {model}")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{BENCHES, Measure, chosen, quantile, table};
    use serde_json::json;

    fn measure() -> Measure {
        let line = json!({ "name": "confirm 100000", "n": 100_000, "unit": "ms", "samples": [3.0, 1.0, 2.0],
                           "baseline": [20.0, 40.0] });
        Measure::read(&line.to_string()).unwrap()
    }

    #[test]
    fn figures_are_those_of_the_samples() {
        let figures = measure().figures();
        assert_eq!((figures["median"].as_f64(), figures["p95"].as_f64()), (Some(2.0), Some(3.0)));
        assert_eq!(
            (figures["baseline_p95"].as_f64(), figures["ratio_p95"].as_f64()),
            (Some(40.0), Some(0.075))
        );
        assert_eq!(figures["samples"], 3);
        assert_eq!(quantile(&[], 50), None);
    }

    #[test]
    fn a_measure_without_a_baseline_has_no_ratio() {
        let alone = Measure { baseline: vec![], ..measure() };
        assert!(alone.figures()["ratio_p95"].is_null());
        let table = table(&[measure(), alone]);
        assert!(
            table.lines().all(|line| line.chars().count() == table.lines().next().unwrap().chars().count())
        );
    }

    #[test]
    fn the_name_of_a_bench_stands_for_its_measures() {
        let names = ["cache".to_owned(), "list".to_owned()];
        assert_eq!(chosen(&names), (vec![("muster-store", "cache")], vec!["list".to_owned()]));
        assert_eq!(chosen(&names[1..]).0, BENCHES);
    }

    #[test]
    fn what_is_no_measure_is_an_error() {
        assert!(Measure::read("{}").is_err());
        assert!(Measure::read("noise").is_err());
    }
}

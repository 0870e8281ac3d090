//! How the dialect behaves where the product's documentation leaves a choice, or a test needs another limit.

use std::str::FromStr;

/// Limits and habits: `reads=20,writes=5,generated_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FernandSpec {
    /// Reads per minute and key.
    pub reads: u32,
    /// Writes per minute and key.
    pub writes: u32,
    /// Entries show the `generated_id` that they were sent with.
    pub generated_id: bool,
}

impl Default for FernandSpec {
    /// As documented.
    fn default() -> Self {
        Self { reads: 20, writes: 5, generated_id: false }
    }
}

impl FromStr for FernandSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut spec = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let number = |value: &str| {
                value
                    .parse()
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or_else(|| format!("“{value}” is no number of calls"))
            };
            match part.split_once('=') {
                Some(("reads", value)) => spec.reads = number(value)?,
                Some(("writes", value)) => spec.writes = number(value)?,
                None if part == "generated_id" => spec.generated_id = true,
                _ => return Err(format!("“{part}” is none of reads=N, writes=N, generated_id")),
            }
        }
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_spec() {
        let spec: FernandSpec = "reads=600, generated_id".parse().unwrap();
        assert_eq!(spec, FernandSpec { reads: 600, writes: 5, generated_id: true });
        assert_eq!("".parse(), Ok(FernandSpec::default()));
        for wrong in ["reads", "reads=0", "writes=few", "speed=9"] {
            assert!(wrong.parse::<FernandSpec>().is_err(), "{wrong}");
        }
    }
}

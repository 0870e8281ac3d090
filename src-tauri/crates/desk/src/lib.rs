#![doc = include_str!("../API.md")]

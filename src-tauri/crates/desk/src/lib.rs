#![doc = include_str!("../API.md")]

mod api;
mod cli;
mod clock;
mod connection;
mod db;
mod error;
mod faults;
mod fernand;
mod hours;
mod live;
mod rng;
mod server;
mod world;

pub use cli::{Args, run_cli};
pub use clock::Clock;
pub use error::DeskError;
pub use faults::{FaultSpec, UnknownFault};
pub use fernand::FernandSpec;
pub use server::{Keys, Options, Running, Source, serve};

//! Fernand's JSON and the model's words, one onto the other. Pure.

mod directory;
mod reading;
mod writing;

pub(super) use directory::*;
pub(super) use reading::*;
pub(super) use writing::*;

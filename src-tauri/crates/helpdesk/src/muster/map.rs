//! muster-desk's JSON and the model's words, one onto the other. Pure.

mod outcomes;
mod reading;

pub(super) use outcomes::*;
pub(super) use reading::*;

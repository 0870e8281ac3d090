//! What the five texts say that a help desk does, sentence by sentence, over HTTP and with a clock that moves.

mod atender;
mod fernand;
mod highlevel;
mod merging;
mod savena;

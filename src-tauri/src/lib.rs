//! Muster shell.

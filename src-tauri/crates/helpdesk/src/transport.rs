//! HTTP habits.

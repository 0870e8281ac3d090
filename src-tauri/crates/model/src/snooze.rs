//! The snooze grammar: seeds `fernand-bulk-api` (snooze_until) and `atender-bulk-actions`, DESIGN §5.

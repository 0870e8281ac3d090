//! The connector for muster-desk, the embedded help desk.

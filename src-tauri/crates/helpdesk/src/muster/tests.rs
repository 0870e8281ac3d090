//! The client against servers that break off, send pages, refuse or lead elsewhere.

//! TOML → `Station`, or all diagnostics at once. Pure, but for `load.rs`, which reads files.

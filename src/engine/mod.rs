//! The machine: (now, event) → commands. Pure.

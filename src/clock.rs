//! The only door for time: reads both clocks, sleeps, notices steps. Effects.

//! Wires the hands and turns the one loop. Effects.

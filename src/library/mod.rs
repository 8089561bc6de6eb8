//! What the audio files are: probe, hash, duration, loudness, faults. Effects.

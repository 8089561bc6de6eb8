//! Makes sound and tells the truth about it: supervisor, child process, outputs. Effects.

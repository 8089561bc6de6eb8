//! The HTTP service with its real accept loop on loopback, and everything behind it faked. Effects: sockets.

mod abuse;
mod answers;
mod auth;
mod operator;
mod page;
mod world;

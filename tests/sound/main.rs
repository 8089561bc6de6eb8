//! The player against a real sound server: on the second, whole, and honest when the device is not. Needs PulseAudio.

mod child;
mod faults;
mod files;
mod playing;
mod rig;

//! The clock: whether it follows a time server, and whether the PC keeps time without power. Effects: reads.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::doctor::Finding;
use crate::clock;
use crate::model::time::NO_EARLIER;
use crate::text;

/// The daemon that keeps the time leaves a trace here once it has succeeded.
const SYNCHRONISED: [&str; 2] = [clock::SYNCHRONISED, "/var/lib/chrony/drift"];

/// What is to be said of the clock.
pub(super) fn findings(now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![time(now, SYNCHRONISED.iter().any(|p| Path::new(p).exists()))];
    if !Path::new("/sys/class/rtc/rtc0").exists() {
        findings.push(Finding::note(
            text!("Máy không có đồng hồ nuôi bằng pin", "This PC has no clock that runs on a battery"),
            text!(
                "Sau khi mất điện, giờ của máy có thể sai, lịch phát sẽ lệch theo. Hãy luôn nối mạng, hoặc lắp mô-đun đồng hồ (RTC).",
                "After a power cut its time may be wrong, and the schedule with it. Keep it on the network, or fit an RTC module."
            ),
        ));
    }
    findings
}

fn time(now: Timestamp, synchronised: bool) -> Finding {
    let plausible = now >= NO_EARLIER;
    match (plausible, synchronised) {
        (false, _) => Finding::bad(
            text!("Đồng hồ máy sai: {now}", "The clock is wrong: {now}"),
            text!(
                "Hãy nối mạng và bật đồng bộ giờ: timedatectl set-ntp true",
                "Connect to the network and switch synchronisation on: timedatectl set-ntp true"
            ),
        ),
        (true, true) => Finding::good(text!("Đồng hồ theo giờ mạng", "The clock follows the network")),
        (true, false) => Finding::note(
            text!("Đồng hồ chưa đồng bộ với giờ mạng", "The clock is not synchronised with the network"),
            text!(
                "Hãy nối mạng và bật đồng bộ giờ: timedatectl set-ntp true",
                "Connect to the network and switch synchronisation on: timedatectl set-ntp true"
            ),
        ),
    }
}

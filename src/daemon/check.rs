//! The whole journal is verified after each start and each night, beside the work. Effects: a thread that reads.

use std::path::Path;
use std::thread;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::time;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use super::input::Input;
use super::turn::{Again, Turn, send};
use super::{Options, RunError};
use crate::engine::Event;
use crate::journal::{self, Mender, Verified, VerifyError};
use crate::model::id::StationId;
use crate::{clock, text};

/// The journal is not as it was written.
const BROKEN: &str = "journal_broken";

/// What is known of verifying.
#[derive(Debug, Default)]
pub(super) struct Checking {
    /// It is under way; whether it must be done again then.
    under_way: Option<Again>,
    /// Who waits for the next night.
    night: Option<JoinHandle<()>>,
}

impl Turn {
    /// Looks the journal over, on a thread that yields to everybody; one at a time. It says `Checked` when it is done.
    pub(super) fn check(&mut self) {
        if self.checking.under_way.is_some() {
            self.checking.under_way = Some(Again::Yes);
            return;
        }
        self.checking.under_way = Some(Again::No);
        let (state, inputs, mender) = (self.state(), self.inputs.clone(), self.hands.mender());
        let station = self.publish.station.borrow().id.clone();
        let thread = thread::Builder::new().name("verify".to_owned());
        let begun = thread.spawn(move || {
            // On Linux this is the thread's own.
            if let Err(error) = rustix::process::nice(19) {
                tracing::debug!(%error, "the verifying thread is as important as the others");
            }
            let checked = look_over(&state, &station, &mender);
            send(&inputs, Input::Checked(checked));
        });
        if let Err(error) = begun {
            self.checking.under_way = None;
            tracing::error!(%error, "the journal is not verified: no thread");
        }
    }

    pub(super) fn checked(
        &mut self,
        checked: Result<Verified, VerifyError>,
        options: &Options<'_>,
    ) -> Result<(), RunError> {
        if self.checking.under_way.take() == Some(Again::Yes) {
            self.check();
        }
        self.check_tonight();
        // Where folders cannot be watched, somebody may have taken away what was set aside.
        self.look_aside(options)?;
        self.step(event(checked), options)
    }

    /// Next night, at an hour at which nothing airs.
    fn check_tonight(&mut self) {
        let (inputs, wait) = (self.inputs.clone(), until_night(&self.publish.station.borrow().zone));
        let night = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            send(&inputs, Input::CheckDue);
        });
        if let Some(before) = self.checking.night.replace(night) {
            before.abort();
        }
    }
}

fn look_over(state: &Path, station: &StationId, mender: &Mender) -> Result<Verified, VerifyError> {
    let begun = clock::mono();
    let checked = journal::look_over(state, station, mender);
    let took = clock::mono().since(begun);
    match &checked {
        Ok(whole) => tracing::info!(entries = whole.entries, head = whole.head, ?took, "the journal is whole"),
        Err(error) => tracing::error!(%error, ?took, "the journal is not whole"),
    }
    checked
}

fn event(checked: Result<Verified, VerifyError>) -> Event {
    let (vi, en) = match checked {
        Ok(_) => return Event::TroubleOver { code: BROKEN, subject: None },
        Err(VerifyError::Broken(broken)) => {
            let (seq, vi, en) = (broken.seq, broken.why.vi, broken.why.en);
            (format!("sai đầu tiên ở mục {seq}: {vi}"), format!("first at entry {seq}: {en}"))
        }
        Err(VerifyError::Unreadable { why, .. }) => (why.vi, why.en),
    };
    Event::Trouble {
        code: BROKEN,
        subject: None,
        message: text!("Nhật ký KHÔNG nguyên vẹn, {vi}", "The journal is NOT whole, {en}"),
        remedy: text!(
            "Đài vẫn phát. Không tự sửa tệp nhật ký; sao lưu cả thư mục dữ liệu, giữ làm bằng chứng và báo kỹ thuật viên.",
            "The station airs. Do not mend the journal's file; copy the whole state folder, keep it as evidence, and \
             tell the technician."
        ),
    }
}

/// How long it is until half past two of the next night.
fn until_night(zone: &TimeZone) -> Duration {
    let now = clock::now().wall.to_zoned(zone.clone());
    let night = |day: &jiff::Zoned| day.date().to_datetime(time(2, 30, 0, 0)).to_zoned(zone.clone()).ok();
    let tonight = night(&now).filter(|at| *at > now);
    let next = tonight.or_else(|| now.checked_add(1.day()).ok().as_ref().and_then(night));
    let wait = next.map(|at| at.timestamp().duration_since(now.timestamp()));
    wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(Duration::from_hours(24))
}

//! Slots that may still sound on an output when the next begins. Pure.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use crate::config::lint::{Desk, Planned, end_of};
use crate::config::read::when::spell_time;
use crate::model::station::{Output, Station};
use crate::text;

/// Every output; each pair of slots is said once.
pub(super) fn check(station: &Station, slots: &[Planned<'_>], desk: &mut Desk<'_>) {
    let mut said = BTreeSet::new();
    for output in &station.outputs {
        let mut starts: Vec<(DateTime, usize)> = Vec::new();
        for (number, planned) in slots.iter().enumerate().filter(|(_, p)| p.commune.outputs.contains(&output.id)) {
            starts.extend(planned.starts.iter().map(|start| (*start, number)));
        }
        starts.sort_unstable();
        check_output(output, slots, &starts, &mut said, desk);
    }
}

fn check_output(
    output: &Output,
    slots: &[Planned<'_>],
    starts: &[(DateTime, usize)],
    said: &mut BTreeSet<(usize, usize)>,
    desk: &mut Desk<'_>,
) {
    // Of all that has begun, only what ends last can still sound.
    let mut last: Option<(DateTime, DateTime, usize)> = None;
    for &(start, number) in starts {
        let Some(planned) = slots.get(number) else { continue };
        let end = end_of(start, planned.length);
        if let Some((begun, until, before)) = last
            && start < until
            && said.insert((before, number))
            && let Some(earlier) = slots.get(before)
        {
            warn(output, (earlier, begun), (planned, start), desk);
        }
        if last.is_none_or(|(_, until, _)| end > until) {
            last = Some((start, end, number));
        }
    }
}

fn warn(output: &Output, a: (&Planned<'_>, DateTime), b: (&Planned<'_>, DateTime), desk: &mut Desk<'_>) {
    let ((earlier, begun), (later, start)) = (a, b);
    let (first, second, on) = (&earlier.slot.name, &later.slot.name, &output.name);
    let (begun, at, day) = (spell_time(begun.time()), spell_time(start.time()), start.date().strftime("%d/%m/%Y"));
    desk.warn(
        &later.item,
        later.when(),
        "overlap",
        text!(
            "\"{second}\" lúc {at} bắt đầu khi \"{first}\" ({begun}) có thể còn đang phát trên \"{on}\", ví dụ ngày {day}.",
            "\"{second}\" at {at} begins while \"{first}\" ({begun}) may still be on \"{on}\", for example on {day}."
        ),
        text!("Dời giờ phát, hoặc ghi max_length ngắn hơn cho khung giờ trước.", "Move one, or give the earlier one a shorter max_length."),
    );
}

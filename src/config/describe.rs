//! What was understood, in plain sentences: the officer reads it and sees whether it is what was meant. Pure.

mod output;
mod promise;
mod slot;

use std::time::Duration;

use jiff::civil::{Date, Time};

use crate::config::read::when::spell_time;
use crate::model::station::{ApprovalRule, Channel, ClipNote, Commune, Hours, LoopbackReading, Order, Queue, Station};
use crate::model::text::{Lang, Text};
use crate::model::time::DaySpan;
use crate::text;

/// The station in sentences, one a line, communes apart by an empty line.
#[must_use]
pub fn describe(station: &Station, lang: Lang) -> String {
    let mut lines = head(station);
    for output in &station.outputs {
        lines.extend(output::lines(output));
    }
    for commune in &station.communes {
        lines.push(text!("", ""));
        lines.extend(commune_lines(commune));
    }
    let mut all = String::new();
    for line in lines {
        all.push_str(line.get(lang));
        all.push('\n');
    }
    all
}

fn head(station: &Station) -> Vec<Text> {
    let (name, id, zone, listen) = (&station.name, &station.id, &station.zone_name, station.http.listen);
    let reading = match station.http.loopback {
        LoopbackReading::Open => text!("xem trên máy này không cần mã truy cập", "reading on this PC needs no token"),
        LoopbackReading::Token => text!("luôn cần mã truy cập", "a token is always needed"),
    };
    let longest = spoken(station.emergency.longest);
    let (audio, state) = (station.paths.audio.display(), station.paths.state.display());
    vec![
        text!("{name} ({id}), giờ theo múi giờ {zone}.", "{name} ({id}), in the time zone {zone}."),
        Text::new(
            format!("Trang xem: http://{listen}; {}.", reading.vi),
            format!("Pages: http://{listen}; {}.", reading.en),
        ),
        text!("Tệp âm thanh: {audio}. Nhật ký: {state}.", "Audio files: {audio}. Journal: {state}."),
        Text::new(
            format!("Bản tin khẩn cấp không ai dừng thì tự hết sau {}.", longest.vi),
            format!("An emergency message that nobody stops ends by itself after {}.", longest.en),
        ),
    ]
}

fn channel(channel: Channel) -> Text {
    match channel {
        Channel::Commune => text!("đài xã", "commune station"),
        Channel::Village => text!("loa thôn, khối phố", "village loudspeaker"),
        Channel::Mobile => text!("loa lưu động", "mobile loudspeaker"),
    }
}

fn commune_lines(commune: &Commune) -> Vec<Text> {
    let (name, id) = (&commune.name, &commune.id);
    let above = commune.belongs_to.as_ref().map(|above| format!(", {above}")).unwrap_or_default();
    let outputs = commune.outputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut lines =
        vec![text!("{name}{above} ({id}), phát trên: {outputs}.", "{name}{above} ({id}), airs on: {outputs}.")];
    lines.push(hours_line(&commune.hours));
    if commune.approval == ApprovalRule::Required {
        lines.push(text!("Chỉ phát bài đã duyệt.", "Only approved clips air."));
    }
    lines.extend(commune.quotas.iter().flat_map(promise::quota_lines));
    if commune.all_slots().next().is_none() {
        lines.push(text!("Không có khung giờ phát nào (cố ý để trống).", "There is no slot (empty on purpose)."));
    }
    lines.extend(commune.slots.iter().map(slot::line));
    lines.extend(commune.campaigns.iter().flat_map(promise::campaign_lines));
    lines.extend(promise::holiday_lines(&commune.holidays));
    lines.extend(commune.queues.iter().map(queue_line));
    lines.extend(commune.clips.iter().filter_map(clip_line));
    lines
}

fn hours_line(hours: &Hours) -> Text {
    let spans = hours.allowed.iter().map(DaySpan::to_string).collect::<Vec<_>>().join(", ");
    let basis = match &hours.basis {
        Some(basis) => text!(" (căn cứ: {basis})", " (basis: {basis})"),
        None => text!("", ""),
    };
    let airings = hours
        .max_airings_per_day
        .map_or_else(|| text!("", ""), |n| text!(", một ngày nhiều nhất {n} lượt", ", at most {n} airings a day"));
    let minutes = hours
        .max_minutes_per_day
        .map_or_else(|| text!("", ""), |n| text!(", nhiều nhất {n} phút", ", at most {n} minutes"));
    Text::new(
        format!("Được phép phát {spans}{}{}{}.", basis.vi, airings.vi, minutes.vi),
        format!("May air {spans}{}{}{}.", basis.en, airings.en, minutes.en),
    )
}

fn queue_line(queue: &Queue) -> Text {
    let id = &queue.id;
    let clips = queue.clips.iter().map(ToString::to_string);
    let topics = queue.topics.iter().map(ToString::to_string);
    let content = clips.chain(topics).collect::<Vec<_>>().join(", ");
    let order = match queue.order {
        Order::Quota => text!(
            "chuyên đề còn thiếu so với chỉ tiêu trước, rồi đến bài lâu chưa phát nhất",
            "first what a quota still lacks, then the least recently aired"
        ),
        Order::LeastRecent => text!("bài lâu chưa phát nhất trước", "the least recently aired first"),
        Order::InOrder => text!("lần lượt từ trên xuống", "one after the other"),
    };
    let fallback = queue.fallback.as_ref().map_or_else(
        || text!("", ""),
        |clip| text!("; không bài nào phát được thì phát {clip}", "; {clip} where none of them can air"),
    );
    Text::new(
        format!("Hàng đợi {id} gồm {content}; {}{}.", order.vi, fallback.vi),
        format!("The queue {id} holds {content}; {}{}.", order.en, fallback.en),
    )
}

/// Only what limits when a clip may air: titles are for the log.
fn clip_line(note: &ClipNote) -> Option<Text> {
    let name = note.title.clone().unwrap_or_else(|| note.file.to_string());
    if let Some(from) = note.withdrawn.map(day) {
        return Some(text!(
            "Bài \"{name}\" đã thu hồi: từ ngày {from} không phát.",
            "\"{name}\" is withdrawn: it does not air from {from} on."
        ));
    }
    Some(match (note.valid_from.map(day), note.valid_until.map(day)) {
        (None, None) => return None,
        (Some(from), None) => text!("Bài \"{name}\" chỉ phát từ ngày {from}.", "\"{name}\" airs only from {from}."),
        (None, Some(until)) => {
            text!("Bài \"{name}\" chỉ phát đến hết ngày {until}.", "\"{name}\" airs only until {until}.")
        }
        (Some(from), Some(until)) => text!(
            "Bài \"{name}\" chỉ phát từ ngày {from} đến hết ngày {until}.",
            "\"{name}\" airs only from {from} until {until}."
        ),
    })
}

/// A date as people write it: `31/12/2026`.
fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// `1 airing`, `2 airings`.
fn plural(n: u32, noun: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{ending}")
}

/// `05:30, 17:00`.
fn spoken_times(times: &[Time]) -> String {
    times.iter().map(|time| spell_time(*time)).collect::<Vec<_>>().join(", ")
}

/// `1 giờ 30 phút`; milliseconds only below a second.
fn spoken(time: Duration) -> Text {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (hours, minutes, seconds, rest) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000);
    let mut vi = Vec::new();
    let mut en = Vec::new();
    for (n, vi_unit, en_unit) in
        [(hours, "giờ", "h"), (minutes, "phút", "min"), (seconds, "giây", "s"), (rest, "mili giây", "ms")]
    {
        if n > 0 {
            vi.push(format!("{n} {vi_unit}"));
            en.push(format!("{n} {en_unit}"));
        }
    }
    if vi.is_empty() {
        return text!("0 giây", "0 s");
    }
    Text::new(vi.join(" "), en.join(" "))
}

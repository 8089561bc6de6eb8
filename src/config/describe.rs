//! What was understood, in plain sentences: the officer reads it and sees whether it is what was meant. Pure.

use std::time::Duration;

use crate::config::read::when::spell_time;
use crate::model::station::{
    Channel, ClipNote, Commune, Hours, LoopbackReading, Order, Output, OutputKind, Programme, Queue, Recurrence, Slot,
    SlotState, Station,
};
use crate::model::text::{Lang, Text};
use crate::model::time::{DaySpan, Days, day_name};
use crate::text;

/// The station in sentences, one a line, communes apart by an empty line.
#[must_use]
pub fn describe(station: &Station, lang: Lang) -> String {
    let mut lines = head(station);
    for output in &station.outputs {
        lines.push(output_line(output));
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
    let (audio, state) = (station.paths.audio.display(), station.paths.state.display());
    vec![
        text!("{name} ({id}), giờ theo múi giờ {zone}.", "{name} ({id}), in the time zone {zone}."),
        Text::new(
            format!("Trang xem: http://{listen}; {}.", reading.vi),
            format!("Pages: http://{listen}; {}.", reading.en),
        ),
        text!("Tệp âm thanh: {audio}. Nhật ký: {state}.", "Audio files: {audio}. Journal: {state}."),
    ]
}

fn output_line(output: &Output) -> Text {
    let (name, id, volume) = (&output.name, &output.id, output.volume.0);
    let channel = match output.channel {
        Channel::Commune => text!("đài xã", "commune station"),
        Channel::Village => text!("loa thôn, khối phố", "village loudspeaker"),
        Channel::Mobile => text!("loa lưu động", "mobile loudspeaker"),
    };
    let kind = match &output.kind {
        OutputKind::Auto => text!(
            "card âm thanh mặc định, không có thì ghi ra tệp",
            "the default sound card, or a file where there is none"
        ),
        OutputKind::Device { name: Some(device) } => text!("card âm thanh {device}", "the sound card {device}"),
        OutputKind::Device { name: None } => text!("card âm thanh mặc định", "the default sound card"),
        OutputKind::Wav => text!("ghi ra tệp WAV", "WAV files"),
        OutputKind::Null => text!("không phát ra tiếng", "no sound"),
    };
    let lead_in = spoken(output.lead_in);
    let switched = output.amplifier.as_ref().map_or_else(
        || text!("", ""),
        |amplifier| {
            let warm_up = spoken(amplifier.warm_up);
            Text::new(
                format!("; bật âm ly trước {}", warm_up.vi),
                format!("; the amplifier is switched on {} before", warm_up.en),
            )
        },
    );
    Text::new(
        format!(
            "Đầu ra \"{name}\" ({id}): {}; {}; độ lớn {volume} LUFS; im lặng {} trước tiếng đầu tiên{}.",
            channel.vi, kind.vi, lead_in.vi, switched.vi
        ),
        format!(
            "Output \"{name}\" ({id}): {}; {}; {volume} LUFS; {} of silence before the first sound{}.",
            channel.en, kind.en, lead_in.en, switched.en
        ),
    )
}

fn commune_lines(commune: &Commune) -> Vec<Text> {
    let (name, id) = (&commune.name, &commune.id);
    let above = commune.belongs_to.as_ref().map(|above| format!(", {above}")).unwrap_or_default();
    let outputs = commune.outputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut lines =
        vec![text!("{name}{above} ({id}), phát trên: {outputs}.", "{name}{above} ({id}), airs on: {outputs}.")];
    lines.push(hours_line(&commune.hours));
    if commune.slots.is_empty() {
        lines.push(text!("Không có khung giờ phát nào (cố ý để trống).", "There is no slot (empty on purpose)."));
    }
    lines.extend(commune.slots.iter().map(slot_line));
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

fn slot_line(slot: &Slot) -> Text {
    let (when, what) = (when(&slot.recurrence), what(&slot.programme));
    let (name, late) = (&slot.name, spoken(slot.start_within));
    let longest = slot.max_length.map_or_else(
        || text!("", ""),
        |length| {
            let length = spoken(length);
            Text::new(format!(", bài dài nhất {}", length.vi), format!(", clips of at most {}", length.en))
        },
    );
    let jingles = match (&slot.intro, &slot.outro) {
        (None, None) => text!("", ""),
        (Some(intro), None) => text!(", mở đầu bằng {intro}", ", beginning with {intro}"),
        (None, Some(outro)) => text!(", kết thúc bằng {outro}", ", ending with {outro}"),
        (Some(intro), Some(outro)) => {
            text!(", mở đầu bằng {intro}, kết thúc bằng {outro}", ", beginning with {intro}, ending with {outro}")
        }
    };
    let state = match slot.state {
        SlotState::Enabled => text!("", ""),
        SlotState::Disabled => text!(" ĐANG TẠM NGỪNG.", " PAUSED."),
    };
    Text::new(
        format!(
            "{}: {name}, {}{}, được muộn nhất {}{}.{}",
            when.vi, what.vi, jingles.vi, late.vi, longest.vi, state.vi
        ),
        format!("{}: {name}, {}{}, at most {} late{}.{}", when.en, what.en, jingles.en, late.en, longest.en, state.en),
    )
}

fn when(recurrence: &Recurrence) -> Text {
    match recurrence {
        Recurrence::Cron(rule) => {
            let source = rule.source();
            text!("Theo cron \"{source}\"", "By cron \"{source}\"")
        }
        Recurrence::OnHoliday { holiday, day_offset, at } => {
            let times = at.iter().map(|time| spell_time(*time)).collect::<Vec<_>>().join(", ");
            let (name, days) = (holiday.label(), day_offset);
            Text::new(
                format!("{} (lệch {days} ngày) lúc {times}", name.vi),
                format!("{} (offset {days} days) at {times}", name.en),
            )
        }
        Recurrence::Weekly { days, at } => {
            let times = at.iter().map(|time| spell_time(*time)).collect::<Vec<_>>().join(", ");
            let days = spoken_days(*days);
            Text::new(format!("{} lúc {times}", days.vi), format!("{} at {times}", days.en))
        }
    }
}

fn spoken_days(days: Days) -> Text {
    if days == Days::ALL {
        return text!("Hằng ngày", "Every day");
    }
    let names: Vec<_> = days.iter().map(day_name).collect();
    Text::new(
        names.iter().map(|name| name.vi.as_str()).collect::<Vec<_>>().join(", "),
        names.iter().map(|name| name.en.as_str()).collect::<Vec<_>>().join(", "),
    )
}

fn what(programme: &Programme) -> Text {
    match programme {
        Programme::Topics(topics) => {
            let topics = topics.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            text!(
                "phát bài lâu chưa phát nhất về {topics}",
                "the clip on {topics} that has not aired for the longest time"
            )
        }
        Programme::Queue(queue) => text!("lấy bài từ hàng đợi {queue}", "from the queue {queue}"),
    }
}

fn queue_line(queue: &Queue) -> Text {
    let id = &queue.id;
    let clips = queue.clips.iter().map(ToString::to_string);
    let topics = queue.topics.iter().map(ToString::to_string);
    let content = clips.chain(topics).collect::<Vec<_>>().join(", ");
    let order = match queue.order {
        Order::Quota => text!(
            "bài lâu chưa phát nhất trước (khi có chỉ tiêu: ưu tiên chuyên đề còn thiếu)",
            "the least recently aired first (with a quota: the topic still owed)"
        ),
        Order::LeastRecent => text!("bài lâu chưa phát nhất trước", "the least recently aired first"),
        Order::InOrder => text!("lần lượt từ trên xuống", "one after the other"),
    };
    Text::new(
        format!("Hàng đợi {id} gồm {content}; {}.", order.vi),
        format!("The queue {id} holds {content}; {}.", order.en),
    )
}

/// Only what limits when a clip may air: titles are for the log.
fn clip_line(note: &ClipNote) -> Option<Text> {
    let name = note.title.clone().unwrap_or_else(|| note.file.to_string());
    let date = |date: jiff::civil::Date| date.strftime("%d/%m/%Y").to_string();
    Some(match (note.valid_from.map(date), note.valid_until.map(date)) {
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

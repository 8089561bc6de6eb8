//! A slot in a plain sentence. Pure.

use super::{plural, spoken, spoken_times};
use crate::model::calendar::{Holiday, OnHoliday};
use crate::model::outcome::Priority;
use crate::model::station::{Level, Programme, Recurrence, Relay, Slot, SlotState};
use crate::model::text::Text;
use crate::model::time::{Days, day_name};
use crate::text;

/// A slot in one sentence: when, what, how late.
pub(super) fn line(slot: &Slot) -> Text {
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
    let holidays = match slot.on_holiday {
        None => text!("", ""),
        Some(OnHoliday::Skip) => text!(", ngày lễ nghỉ", ", not on holidays"),
        Some(OnHoliday::Play) => text!(", ngày lễ vẫn phát", ", on holidays too"),
        Some(OnHoliday::Shift) => text!(", gặp ngày lễ thì dời sang ngày sau", ", moved to a later day on holidays"),
    };
    let (first, level) = (first(slot.priority), level(&slot.level));
    let state = match slot.state {
        SlotState::Enabled => text!("", ""),
        SlotState::Disabled => text!(" ĐANG TẠM NGỪNG.", " PAUSED."),
    };
    Text::new(
        format!(
            "{}: {name}, {}{}, được muộn nhất {}{}{}{}{}.{}",
            when.vi, what.vi, jingles.vi, late.vi, longest.vi, first.vi, level.vi, holidays.vi, state.vi
        ),
        format!(
            "{}: {name}, {}{}, at most {} late{}{}{}{}.{}",
            when.en, what.en, jingles.en, late.en, longest.en, first.en, level.en, holidays.en, state.en
        ),
    )
}

fn first(priority: Priority) -> Text {
    match priority {
        Priority::Normal => text!("", ""),
        Priority::Priority | Priority::Emergency => text!(", ưu tiên phát trước", ", before others that wait"),
    }
}

/// What is not as usual.
fn level(level: &Level) -> Text {
    let mut all = text!("", "");
    let mut add = |part: Text| {
        all.vi.push_str(&part.vi);
        all.en.push_str(&part.en);
    };
    let volume = level.volume.0;
    if volume > 0.0 {
        add(text!(", to hơn {volume} dB", ", {volume} dB louder"));
    } else if volume < 0.0 {
        let softer = -volume;
        add(text!(", nhỏ hơn {softer} dB", ", {softer} dB softer"));
    }
    if !level.fade_in.is_zero() {
        let time = spoken(level.fade_in);
        add(Text::new(format!(", to dần trong {}", time.vi), format!(", rising for {}", time.en)));
    }
    if !level.fade_out.is_zero() {
        let time = spoken(level.fade_out);
        add(Text::new(format!(", nhỏ dần trong {} cuối", time.vi), format!(", sinking for the last {}", time.en)));
    }
    all
}

fn relay(relay: &Relay) -> Text {
    let Relay { url, length, fallback, silence } = relay;
    let (length, silence) = (spoken(*length), spoken(*silence));
    let lost = fallback.as_ref().map_or_else(
        || text!("thì im lặng chờ tín hiệu", "there is silence until it is back"),
        |queue| text!("thì phát bài của hàng đợi {queue} đến khi có lại", "the queue {queue} airs until it is back"),
    );
    Text::new(
        format!("tiếp âm {url} trong {}, mất tín hiệu {} {}", length.vi, silence.vi, lost.vi),
        format!("relays {url} for {}; lost for {}, {}", length.en, silence.en, lost.en),
    )
}

fn when(recurrence: &Recurrence) -> Text {
    match recurrence {
        Recurrence::Cron(rule) => {
            let source = rule.source();
            text!("Theo cron \"{source}\"", "By cron \"{source}\"")
        }
        Recurrence::OnHoliday { holiday, day_offset, at } => {
            let (times, on) = (spoken_times(at), beside(*holiday, *day_offset));
            Text::new(format!("{} lúc {times}", on.vi), format!("{} at {times}", on.en))
        }
        Recurrence::Weekly { days, at } => {
            let times = spoken_times(at);
            let days = spoken_days(*days);
            Text::new(format!("{} lúc {times}", days.vi), format!("{} at {times}", days.en))
        }
    }
}

/// A holiday's day, or so many days before or after it.
fn beside(holiday: Holiday, offset: i32) -> Text {
    let label = match holiday {
        Holiday::TetNguyenDan => text!("mùng 1 Tết Nguyên đán", "the first day of Lunar New Year"),
        other => other.label(),
    };
    let (vi, en, days) = (label.vi, label.en, offset.unsigned_abs());
    let counted = plural(days, "day");
    match offset {
        0 => text!("Hằng năm vào {vi}", "Every year on {en}"),
        ..0 => text!("Hằng năm trước {vi} {days} ngày", "Every year {counted} before {en}"),
        1.. => text!("Hằng năm sau {vi} {days} ngày", "Every year {counted} after {en}"),
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
        Programme::Relay(stream) => relay(stream),
        Programme::Queue(queue) => text!("lấy bài từ hàng đợi {queue}", "from the queue {queue}"),
    }
}

//! Closed sets of words in TOML: channels, orders, periods, holidays. Pure.

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::calendar::{Calendar, Holiday, InMourning, OnHoliday};
use crate::model::outcome::Priority;
use crate::model::quota::{Count, PartialPeriod};
use crate::model::station::{ApprovalRule, Channel, LoopbackReading, Order};
use crate::text;

/// The word for the kind of an output; `device` may have a name beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KindWord {
    Auto,
    Device,
    Wav,
    Null,
    Icecast,
}

/// The word for a quota's period; months, quarters and years may have a closing day beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodWord {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Plan,
}

macro_rules! words {
    ($($of:ident, $example:literal { $($word:literal => $value:ident,)* })*) => { $(
        impl FromToml for $of {
            const EXAMPLE: &'static str = $example;

            fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
                match text_of(value, span, $example, to)? {
                    $($word => Some(Self::$value),)*
                    other => { refuse(other, &[$($word),*], span, to); None }
                }
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": [$($word),*] })
            }
        }
    )* };
}

words! {
    KindWord, "\"auto\"" { "auto" => Auto, "device" => Device, "wav" => Wav, "null" => Null, "icecast" => Icecast, }
    Channel, "\"commune\"" { "commune" => Commune, "village" => Village, "mobile" => Mobile, }
    Order, "\"least_recent\"" { "quota" => Quota, "least_recent" => LeastRecent, "in_order" => InOrder, }
    ApprovalRule, "\"required\"" { "optional" => Optional, "required" => Required, }
    LoopbackReading, "\"open\"" { "open" => Open, "token" => Token, }
    PeriodWord, "\"week\"" {
        "day" => Day, "week" => Week, "month" => Month, "quarter" => Quarter, "year" => Year, "plan" => Plan,
    }
    PartialPeriod, "\"full\"" { "full" => Full, "pro_rata" => ProRata, "exempt" => Exempt, }
    Count, "\"airings\"" { "airings" => Airings, "clips" => Clips, }
    Calendar, "\"vietnam\"" { "vietnam" => Vietnam, "none" => None, }
    OnHoliday, "\"skip\"" { "skip" => Skip, "play" => Play, "shift" => Shift, }
    InMourning, "\"skip\"" { "skip" => Skip, "without_music" => WithoutMusic, }
    Holiday, "\"tet-nguyen-dan\"" {
        "tet-duong-lich" => TetDuongLich, "tet-nguyen-dan" => TetNguyenDan, "gio-to" => GioTo,
        "giai-phong" => GiaiPhong, "lao-dong" => LaoDong, "quoc-khanh" => QuocKhanh,
    }
}

/// What the schedule can say; the third class of Circular 39/2020 is never planned.
const PLANNED: [&str; 2] = ["normal", "priority"];

impl FromToml for Priority {
    const EXAMPLE: &'static str = "\"priority\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        match text_of(value, span, Self::EXAMPLE, to)? {
            "normal" => Some(Self::Normal),
            "priority" => Some(Self::Priority),
            "emergency" => {
                let message = text!(
                    "Bản tin khẩn cấp không đặt lịch trước.",
                    "An emergency message is not planned in a schedule."
                );
                let remedy = text!(
                    "Khi có việc thì chạy \"loaphuong emergency TỆP\". Ở đây ghi \"priority\" hoặc \"normal\".",
                    "When it comes to it, run \"loaphuong emergency FILE\". Write \"priority\" or \"normal\" here."
                );
                to.add("unknown_word", span, message, remedy);
                None
            }
            other => {
                refuse(other, &PLANNED, span, to);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": PLANNED })
    }
}

fn refuse(word: &str, known: &[&str], span: &Span, to: &mut Findings<'_>) {
    let shown = quoted(word);
    let all = known.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", ");
    let message = text!("Ở đây không dùng được \"{shown}\".", "\"{shown}\" cannot be used here.");
    let remedy = match suggest::word(word, known) {
        Some(near) => {
            text!("Có phải ý là \"{near}\"? Các từ dùng được: {all}.", "Did you mean \"{near}\"? The words are: {all}.")
        }
        None => text!("Dùng một trong các từ: {all}.", "Use one of: {all}."),
    };
    to.add("unknown_word", span, message, remedy);
}

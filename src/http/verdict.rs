//! A verdict as people read it: its colour, its numbers, what is missing. Pure.

use crate::http::headline::Tone;
use crate::model::compliance::{Assessment, ByKind, Verdict};
use crate::model::id::AiringId;
use crate::model::outcome::Kind;
use crate::model::quota::Count;
use crate::model::text::Text;
use crate::text;

/// The colour of a verdict; its label always says it too.
#[must_use]
pub fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Exempt => Tone::Calm,
        Verdict::Met | Verdict::OnTrack => Tone::Good,
        Verdict::AtRisk => Tone::Warn,
        Verdict::Failed => Tone::Bad,
    }
}

/// What is counted, as it stands behind a number.
#[must_use]
pub fn counted_unit(count: Count, number: u32) -> Text {
    match (count, number) {
        (Count::Airings, 1) => text!("lượt", "airing"),
        (Count::Airings, _) => text!("lượt", "airings"),
        (Count::Clips, 1) => text!("bài", "clip"),
        (Count::Clips, _) => text!("bài", "clips"),
    }
}

/// What is missing and what the schedule still brings: "Còn thiếu 1 lượt; theo lịch còn phát 1 lượt." Nothing where
/// nothing is asked or missing.
#[must_use]
pub fn balance(assessment: &Assessment) -> Option<Text> {
    let (missing, planned) = (assessment.missing, assessment.planned);
    let (lacks, brings) = (counted_unit(assessment.count, missing), counted_unit(assessment.count, planned));
    match assessment.verdict {
        Verdict::Exempt | Verdict::Met => None,
        Verdict::Failed if missing == 0 => None,
        Verdict::Failed => {
            Some(Text::new(format!("Thiếu {missing} {}.", lacks.vi), format!("{missing} {} short.", lacks.en)))
        }
        Verdict::OnTrack | Verdict::AtRisk => Some(Text::new(
            format!("Còn thiếu {missing} {}; theo lịch còn phát {planned} {}.", lacks.vi, brings.vi),
            format!("{missing} {} missing; {planned} {} to come.", lacks.en, brings.en),
        )),
    }
}

/// What was counted by what called for it, where more than the usual schedule did.
#[must_use]
pub(super) fn by_kind(assessment: &Assessment) -> Option<Text> {
    let ByKind { regular, campaign, make_good } = assessment.by_kind;
    let parts = [
        (regular, text!("lịch thường {regular}", "regular {regular}")),
        (campaign, text!("đợt cao điểm {campaign}", "campaign {campaign}")),
        (make_good, text!("phát bù {make_good}", "make-good {make_good}")),
    ];
    let join = |word: fn(&Text) -> &str| {
        parts.iter().filter(|(n, _)| *n > 0).map(|(_, t)| word(t)).collect::<Vec<_>>().join(", ")
    };
    (campaign + make_good > 0)
        .then(|| Text::new(format!("Gồm: {}.", join(|t| &t.vi)), format!("Made up of: {}.", join(|t| &t.en))))
}

/// Why an airing stands in the list where it is not of the usual schedule: "Phát bù cho lượt 05:30 ngày 23/11".
#[must_use]
pub fn called_for(kind: Kind, makes_good_for: Option<&AiringId>) -> Option<Text> {
    let lost = makes_good_for.and_then(|id| {
        let start: jiff::civil::DateTime = id.as_str().rsplit_once('@')?.1.parse().ok()?;
        Some((start.strftime("%H:%M").to_string(), start.strftime("%d/%m").to_string()))
    });
    match (kind, lost) {
        (Kind::MakeGood, Some((time, day))) => {
            Some(text!("Phát bù cho lượt {time} ngày {day}", "Make-good for {time} on {day}"))
        }
        (Kind::Scheduled, _) => None,
        (kind, _) => Some(kind.label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_usual_schedule_says_why_it_airs() {
        let check = |kind, lost: Option<&str>, expected: Option<&str>| {
            let said = called_for(kind, lost.map(AiringId::quoted).as_ref());
            assert_eq!(said.as_ref().map(|t| t.vi.as_str()), expected);
        };
        check(Kind::Scheduled, None, None);
        check(Kind::Campaign, None, Some("Đợt cao điểm"));
        check(Kind::MakeGood, Some("an-xuan/sang@2026-11-23T05:30"), Some("Phát bù cho lượt 05:30 ngày 23/11"));
        check(Kind::MakeGood, Some("lạ"), Some("Phát bù"));
        check(Kind::MakeGood, None, Some("Phát bù"));
    }
}

//! What the counted airings were about: topics, languages, target groups. Pure.

use std::collections::BTreeMap;

use crate::model::station::Channel;
use crate::model::text::Lang;
use crate::report::count::Counted;
use crate::report::document::{Align, Block, Cell, Column, Table, percent};
use crate::report::show::say;
use crate::report::words::language;

/// In which order the parts stand: topics, languages, target groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Topic,
    Language,
    Audience,
}

/// How often, and for how long.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    airings: usize,
    seconds: f64,
}

/// A line for each topic, language and target group.
pub(super) fn blocks(rows: &[Counted<'_>], lang: Lang) -> Vec<Block> {
    let counted: Vec<_> = rows.iter().filter(|row| row.counts(Channel::Commune)).collect();
    if counted.is_empty() {
        return vec![Block::Text(say(lang, "Trong kỳ không có lượt nào được tính.", "Nothing counted in these days."))];
    }
    let mut heard: BTreeMap<(Part, String), Heard> = BTreeMap::new();
    for row in &counted {
        let mut airing: BTreeMap<(Part, String), f64> = BTreeMap::new();
        for item in row.whole_clips() {
            for part in parts(row, item) {
                *airing.entry(part).or_default() += item.played_s.0;
            }
        }
        for (part, seconds) in airing {
            let sum = heard.entry(part).or_default();
            sum.airings += 1;
            sum.seconds += seconds;
        }
    }
    let mut table = empty(lang);
    table.rows = heard.into_iter().map(|((part, name), sum)| line(part, &name, sum, counted.len(), lang)).collect();
    let note = say(
        lang,
        "Một lượt có thể có nhiều bản tin và một bản tin có thể thuộc nhiều chuyên đề, nên các dòng cộng lại có thể lớn hơn \
         tổng số lượt. Thời lượng là của riêng các bản tin phát trọn, không kể nhạc hiệu.",
        "An airing can hold several clips, and a clip can be about several topics: the lines can add up to more than the \
         airings. The length is that of the clips aired whole, jingles aside.",
    );
    vec![Block::Table(table), Block::Note(note)]
}

fn parts(row: &Counted<'_>, item: &crate::model::airing::Item) -> Vec<(Part, String)> {
    let language = item.plan.language.clone().or_else(|| row.row.airing.head.language.clone());
    let topics = item.plan.topics.iter().map(|topic| (Part::Topic, topic.to_string()));
    let languages = std::iter::once((Part::Language, language.unwrap_or_else(|| "vi".to_owned())));
    let audiences = item.plan.audience.iter().map(|group| (Part::Audience, group.to_string()));
    topics.chain(languages).chain(audiences).collect()
}

fn empty(lang: Lang) -> Table {
    let column = |vi: &str, en: &str, width, align| Column { heading: say(lang, vi, en), width, align };
    Table::new(
        say(lang, "Nội dung", "Content"),
        vec![
            column("Phân theo", "By", 50.0, Align::Left),
            column("Nội dung", "Which", 100.0, Align::Left),
            column("Số lượt", "Airings", 30.0, Align::Right),
            column("Tỷ lệ trên số lượt được tính", "Of the counted airings", 40.0, Align::Right),
            column("Thời lượng", "Length", 30.0, Align::Right),
        ],
    )
}

fn line(part: Part, name: &str, sum: Heard, all: usize, lang: Lang) -> Vec<Cell> {
    let (by, name) = match part {
        Part::Topic => (say(lang, "Chuyên đề", "Topic"), name.to_owned()),
        Part::Language => (say(lang, "Ngôn ngữ", "Language"), language(name, lang)),
        Part::Audience => (say(lang, "Đối tượng", "Audience"), name.to_owned()),
    };
    vec![
        Cell::Text(by),
        Cell::Text(name),
        Cell::of(sum.airings),
        percent(u64::try_from(sum.airings).unwrap_or(0), u64::try_from(all).unwrap_or(0)),
        Cell::Length(sum.seconds),
    ]
}

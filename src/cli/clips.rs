//! `clips`: the audio files, from the running daemon or measured here and now. Effects: reads.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::json;

use crate::cli::args::{Clips, TableForm};
use crate::cli::client::{self, Unanswered};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, check, out, rooms};
use crate::http::{self, ApprovalView, ClipView, ClipsKnown, Tone};
use crate::model::approval::ApprovalState;
use crate::model::id::Topic;
use crate::model::text::Lang;
use crate::model::units::Seconds;
use crate::report::{self, Field, Variant};
use crate::text;

pub(super) fn run(context: &Context, args: &Clips) -> Ended {
    let clips = if args.rescan {
        scanned(context)?
    } else {
        match from_daemon(&Site::find(&context.config)?, context.lang) {
            Ok(clips) => clips,
            Err(Unanswered::Failed(failure)) => return Err(failure),
            Err(Unanswered::NotRunning) => {
                let clips = scanned(context)?;
                client::say_not_running(context.lang);
                clips
            }
        }
    };
    match args.format {
        TableForm::Json => out::json(&json!({"clips": clips}))?,
        TableForm::Csv => out::raw(&csv(&clips, context.lang))?,
        TableForm::Table => table(&clips, context.lang)?,
    }
    Ok(Exit::Ok)
}

#[derive(Deserialize)]
struct List {
    clips: Vec<ClipView>,
}

fn from_daemon(site: &Site, lang: Lang) -> Result<Vec<ClipView>, Unanswered> {
    client::get::<List>(site, "/v1/clips", lang).map(|list| list.clips)
}

/// Reads the folder here, with a bar on standard error where somebody watches.
fn scanned(context: &Context) -> Result<Vec<ClipView>, Failure> {
    let station = check::station(context)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    let library = rooms::scan(&station, &mut |done, total| {
        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    });
    bar.finish_and_clear();
    let (history, today) = (rooms::history(&station), station.zone.to_datetime(rooms::now()).date());
    let known = ClipsKnown { library: &library, station: &station, history: &history, today };
    Ok(http::clip_views(&known, &|_| true))
}

/// Silence at an end that is shorter is not worth a word in the table, in seconds.
const SILENCE_SHOWN: f64 = 0.5;

fn headings(lang: Lang) -> [&'static str; 9] {
    match lang {
        Lang::Vi => [
            "Tệp",
            "Tên bài",
            "Chuyên đề",
            "Dài",
            "Độ lớn (LUFS)",
            "Im lặng đầu (giây)",
            "Im lặng cuối (giây)",
            "Duyệt",
            "Tình trạng",
        ],
        Lang::En => [
            "File",
            "Title",
            "Topics",
            "Length",
            "Loudness (LUFS)",
            "Silence before (s)",
            "Silence behind (s)",
            "Approval",
            "State",
        ],
    }
}

fn topics(clip: &ClipView) -> String {
    clip.topics.iter().map(Topic::as_str).collect::<Vec<_>>().join(", ")
}

fn length(clip: &ClipView) -> String {
    let seconds = clip.duration_s.map(|s| s.duration().as_secs());
    seconds.map(|s| format!("{}:{:02}", s / 60, s % 60)).unwrap_or_default()
}

fn state(clip: &ClipView, lang: Lang) -> String {
    let fine = text!("Dùng được", "Fine");
    let faults: Vec<&str> = clip.faults.iter().map(|f| f.message.get(lang)).collect();
    if faults.is_empty() { fine.get(lang).to_owned() } else { faults.join(" ") }
}

/// Whether it is approved: in which commune, if the list has several.
fn approval(clip: &ClipView, several: bool, between: &str, lang: Lang) -> String {
    let one = |view: &ApprovalView| {
        let label = view.label();
        if several { format!("{}: {}", view.commune, label.get(lang)) } else { label.get(lang).to_owned() }
    };
    clip.approvals.iter().map(one).collect::<Vec<_>>().join(between)
}

fn several_communes(clips: &[ClipView]) -> bool {
    let mut communes = clips.iter().flat_map(|clip| &clip.approvals).map(|view| &view.commune);
    let first = communes.next();
    communes.any(|commune| Some(commune) != first)
}

fn csv(clips: &[ClipView], lang: Lang) -> String {
    let several = several_communes(clips);
    let fields = |clip: &ClipView| {
        vec![
            Field::Text(clip.clip.to_string()),
            Field::Text(clip.title.clone()),
            Field::Text(topics(clip)),
            Field::Text(length(clip)),
            Field::Decimal(clip.loudness_lufs),
            Field::Decimal(clip.silent_start_s.map(|s| s.0)),
            Field::Decimal(clip.silent_end_s.map(|s| s.0)),
            Field::Text(approval(clip, several, ", ", lang)),
            Field::Text(state(clip, lang)),
        ]
    };
    report::fields_csv(&headings(lang), clips.iter().map(fields).collect(), lang, Variant::Excel)
}

fn file_stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn table(clips: &[ClipView], lang: Lang) -> Result<(), Failure> {
    if clips.is_empty() {
        let none = text!(
            "Thư mục âm thanh chưa có tệp nào. Hãy chép tệp vào audio/<chuyên đề>/.",
            "The audio folder holds nothing. Copy files into audio/<topic>/."
        );
        return out::line(none.get(lang));
    }
    let mut table = out::table(match lang {
        Lang::Vi => &["Bài", "Dài", "Độ lớn", "Im lặng", "Duyệt", "Tình trạng"],
        Lang::En => &["Clip", "Length", "Loudness", "Silence", "Approval", "State"],
    });
    let several = several_communes(clips);
    for clip in clips {
        let level = clip.loudness_lufs.map(|l| format!("{l:.1}")).unwrap_or_default();
        let approved = out::toned(&approval(clip, several, "\n", lang), approval_tone(clip));
        let state = out::toned(&state(clip, lang), tone(clip));
        table.add_row([
            name(clip, lang).into(),
            length(clip).into(),
            level.into(),
            silence(clip, lang).into(),
            approved,
            state,
        ] as [comfy_table::Cell; 6]);
    }
    out::show(&table)
}

/// Title and file, and topics where the folder does not say them.
fn name(clip: &ClipView, lang: Lang) -> String {
    let (file, title, topics) = (clip.clip.to_string(), &clip.title, topics(clip));
    // The folder is the topic, unless the schedule says otherwise.
    let other = if file.starts_with(&format!("{topics}/")) || topics.is_empty() {
        String::new()
    } else {
        text!("\nchuyên đề: {topics}", "\ntopics: {topics}").get(lang).to_owned()
    };
    if file.ends_with(&format!("/{title}")) || file_stem(&file) == title {
        format!("{file}{other}")
    } else {
        format!("{title}\n{file}{other}")
    }
}

/// Silence at the ends, where there is much of it.
fn silence(clip: &ClipView, lang: Lang) -> String {
    let much = |time: Option<Seconds>| time.map(|s| s.0).filter(|s| *s >= SILENCE_SHOWN);
    let words = [
        much(clip.silent_start_s).map(|s| text!("đầu {s:.1} giây", "{s:.1} s before")),
        much(clip.silent_end_s).map(|s| text!("cuối {s:.1} giây", "{s:.1} s behind")),
    ];
    words.iter().flatten().map(|text| text.get(lang)).collect::<Vec<_>>().join("\n")
}

fn approval_tone(clip: &ClipView) -> Tone {
    let one = |view: &ApprovalView| match (view.permitted, view.state) {
        (false, _) => Tone::Bad,
        (true, ApprovalState::Changed) => Tone::Warn,
        (true, _) => Tone::Calm,
    };
    clip.approvals.iter().map(one).max().unwrap_or(Tone::Calm)
}

fn tone(clip: &ClipView) -> Tone {
    match (clip.airable, clip.faults.is_empty()) {
        (false, _) => Tone::Bad,
        (true, false) => Tone::Warn,
        (true, true) => Tone::Good,
    }
}

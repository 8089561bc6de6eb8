//! `clips`: the audio files, from the running daemon or measured here and now. Effects: reads.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::json;

use crate::cli::args::{Clips, TableForm};
use crate::cli::client::{self, Unanswered};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, check, out, rooms};
use crate::http::{self, ClipView, ClipsKnown, Tone};
use crate::model::id::Topic;
use crate::model::text::Lang;
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

fn headings(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Vi => ["Tệp", "Tên bài", "Chuyên đề", "Dài", "Độ lớn (LUFS)", "Tình trạng"],
        Lang::En => ["File", "Title", "Topics", "Length", "Loudness (LUFS)", "State"],
    }
}

fn cells(clip: &ClipView, lang: Lang) -> [String; 6] {
    let topics: Vec<&str> = clip.topics.iter().map(Topic::as_str).collect();
    let length = clip.duration_s.map(|s| s.duration().as_secs());
    let fine = text!("Dùng được", "Fine");
    let faults: Vec<&str> = clip.faults.iter().map(|f| f.message.get(lang)).collect();
    [
        clip.clip.to_string(),
        clip.title.clone(),
        topics.join(", "),
        length.map(|s| format!("{}:{:02}", s / 60, s % 60)).unwrap_or_default(),
        clip.loudness_lufs.map(|l| format!("{l:.1}")).unwrap_or_default(),
        if faults.is_empty() { fine.get(lang).to_owned() } else { faults.join(" ") },
    ]
}

fn csv(clips: &[ClipView], lang: Lang) -> String {
    let fields = |clip: &ClipView| {
        let [file, title, topics, length, _, state] = cells(clip, lang).map(Field::Text);
        vec![file, title, topics, length, Field::Decimal(clip.loudness_lufs), state]
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
        Lang::Vi => &["Bài", "Dài", "Độ lớn", "Tình trạng"],
        Lang::En => &["Clip", "Length", "Loudness", "State"],
    });
    for clip in clips {
        let [file, title, topics, length, level, state] = cells(clip, lang);
        // The folder is the topic, unless the schedule says otherwise.
        let other = if file.starts_with(&format!("{topics}/")) || topics.is_empty() {
            String::new()
        } else {
            text!("\nchuyên đề: {topics}", "\ntopics: {topics}").get(lang).to_owned()
        };
        let clip_cell = if file.ends_with(&format!("/{title}")) || file_stem(&file) == title {
            format!("{file}{other}")
        } else {
            format!("{title}\n{file}{other}")
        };
        let tone = match (clip.airable, clip.faults.is_empty()) {
            (false, _) => Tone::Bad,
            (true, false) => Tone::Warn,
            (true, true) => Tone::Good,
        };
        let state = out::toned(&state, tone);
        table.add_row([clip_cell.into(), length.into(), level.into(), state]);
    }
    out::show(&table)
}

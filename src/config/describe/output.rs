//! An output in plain sentences. Pure.

use super::{channel, spoken};
use crate::model::station::{Listen, Mount, Night, Output, OutputKind};
use crate::model::text::Text;
use crate::model::time::DaySpan;
use crate::text;

/// Where its sound goes; how loud at night, what is tried before, what listens.
pub(super) fn lines(output: &Output) -> Vec<Text> {
    let beside = [
        output.sink.as_ref().map(|sink| {
            text!(
                "chỉ phát qua sink {sink}; sang chỗ khác là báo lỗi.",
                "only by the sink {sink}; any other is a fault."
            )
        }),
        output.night.as_ref().map(night),
        output.test_before.map(|before| {
            let before = spoken(before);
            Text::new(
                format!("phát tiếng thử {} trước lượt đầu tiên trong ngày.", before.vi),
                format!("a test tone sounds {} before the first airing of a day.", before.en),
            )
        }),
        output.listen.as_ref().map(listen),
    ];
    let id = &output.id;
    let beside = beside.into_iter().flatten();
    let beside = beside.map(|line| Text::new(format!("Đầu ra {id}: {}", line.vi), format!("Output {id}: {}", line.en)));
    std::iter::once(head(output)).chain(beside).collect()
}

fn night(night: &Night) -> Text {
    let (ceiling, hours) = (night.ceiling.0, night.hours.iter().map(DaySpan::to_string).collect::<Vec<_>>().join(", "));
    text!(
        "ban đêm ({hours}) không to quá {ceiling} LUFS, trừ bản tin khẩn cấp.",
        "at night ({hours}) not above {ceiling} LUFS, emergencies exempt."
    )
}

fn listen(listen: &Listen) -> Text {
    let at_least = listen.at_least;
    match &listen.device {
        Some(device) => text!(
            "nghe lại bằng {device}, giống từ {at_least} trở lên thì coi là đã nghe thấy; không ghi âm.",
            "{device} listens, a likeness of {at_least} counts as heard; nothing is recorded."
        ),
        None => text!(
            "nghe lại bằng thiết bị thu mặc định, giống từ {at_least} trở lên thì coi là đã nghe thấy; không ghi âm.",
            "the default capture device listens, a likeness of {at_least} counts as heard; nothing is recorded."
        ),
    }
}

fn head(output: &Output) -> Text {
    let (name, id, volume) = (&output.name, &output.id, output.volume.0);
    let channel = channel(output.channel);
    let kind = match &output.kind {
        OutputKind::Auto => text!(
            "card âm thanh mặc định, không có thì ghi ra tệp",
            "the default sound card, or a file where there is none"
        ),
        OutputKind::Device { name: Some(device) } => text!("card âm thanh {device}", "the sound card {device}"),
        OutputKind::Device { name: None } => text!("card âm thanh mặc định", "the default sound card"),
        OutputKind::Wav => text!("ghi ra tệp WAV", "WAV files"),
        OutputKind::Icecast(mount) => {
            let Mount { url, bitrate, .. } = mount;
            text!("phát lên mạng qua {url}, {bitrate} kbit/giây", "a stream at {url}, {bitrate} kbit/s")
        }
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

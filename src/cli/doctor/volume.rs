//! Whether what is played can be heard: sinks of the sound server, with the names to paste into `station.toml`, and the
//! mixers of cards. Effects: asks the sound server and the mixers.

use crate::cli::doctor::Finding;
use crate::model::station::{Output, OutputKind};
use crate::player::route::survey::{self, Sink};
use crate::text;

/// What is to be said of sound server and mixers.
pub(super) fn findings(outputs: &[Output], sinks: &[Sink]) -> Vec<Finding> {
    let mut findings = judge(outputs, sinks);
    let devices = outputs.iter().filter_map(|output| match &output.kind {
        OutputKind::Device { name: Some(device) } => Some((output, device)),
        _ => None,
    });
    findings.extend(devices.filter_map(|(output, device)| mixer(&output.name, device, survey::card_is_muted(device)?)));
    findings
}

/// What is to be said of the sinks, and of the outputs that want one.
fn judge(outputs: &[Output], sinks: &[Sink]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sinks.iter().map(|sink| of_sink(sink, is_wanted(sink, outputs))).collect();
    let wanted = outputs.iter().filter_map(|output| Some((output, output.sink.as_ref()?)));
    let missing = wanted.filter(|(_, wanted)| sinks.iter().all(|sink| sink.name != **wanted));
    findings.extend(missing.map(|(output, sink)| {
        let name = &output.name;
        Finding::bad(
            text!(
                "Đầu ra {name}: máy chủ âm thanh không có sink \"{sink}\"",
                "Output {name}: the sound server has no sink \"{sink}\""
            ),
            text!(
                "Hãy cắm lại thiết bị, hoặc chép một dòng sink ở trên vào station.toml. Nếu dịch vụ chạy bằng tài khoản khác, hãy chạy lệnh này bằng tài khoản đó.",
                "Plug the device in again, or paste one of the sink lines above into station.toml. If the service runs as another user, run this as that user."
            ),
        )
    }));
    findings
}

/// May an output play on it? Those that name no sink take the one that the server prefers: it may be any.
fn is_wanted(sink: &Sink, outputs: &[Output]) -> bool {
    outputs.iter().any(|output| match (&output.sink, &output.kind) {
        (Some(wanted), _) => *wanted == sink.name,
        (None, OutputKind::Device { name: None } | OutputKind::Auto) => true,
        (None, _) => false,
    })
}

fn of_sink(sink: &Sink, wanted: bool) -> Finding {
    let Sink { name, description, .. } = sink;
    if sink.stand_in {
        return Finding::note(
            text!(
                "Máy chủ âm thanh không có thiết bị nào: \"{name}\" chỉ là thiết bị giả",
                "The sound server has no device: \"{name}\" is only a stand-in"
            ),
            text!("Hãy cắm card âm thanh rồi chạy lại lệnh này.", "Plug in a sound card and run this again."),
        );
    }
    let percent = sink.percent.map_or_else(String::new, |percent| format!(" ({percent}%)"));
    if !sink.muted {
        return Finding::good(text!(
            "Máy chủ âm thanh, {description}{percent}: sink = \"{name}\"",
            "Sound server, {description}{percent}: sink = \"{name}\""
        ));
    }
    let what = text!(
        "Máy chủ âm thanh, {description}: đang tắt tiếng hoặc âm lượng bằng 0{percent}; sink = \"{name}\"",
        "Sound server, {description}: muted, or its volume is at zero{percent}; sink = \"{name}\""
    );
    let remedy = text!(
        "Hãy mở tiếng: pactl set-sink-mute {name} 0; pactl set-sink-volume {name} 100%",
        "Unmute it: pactl set-sink-mute {name} 0; pactl set-sink-volume {name} 100%"
    );
    if wanted { Finding::bad(what, remedy) } else { Finding::note(what, remedy) }
}

/// What is to be said of a card that an output names, whose mixer says whether it is muted.
fn mixer(name: &str, device: &str, muted: bool) -> Option<Finding> {
    let card = device.split_once("CARD=").map_or(device, |(_, rest)| rest).split(',').next()?;
    muted.then(|| {
        Finding::bad(
            text!(
                "Đầu ra {name}: card \"{card}\" đang tắt tiếng hoặc âm lượng bằng 0",
                "Output {name}: the card \"{card}\" is muted, or its volume is at zero"
            ),
            text!(
                "Hãy chạy alsamixer -c {card}: phím M mở tiếng, phím mũi tên lên tăng âm lượng (Master, PCM, Speaker, Line Out), rồi chạy sudo alsactl store để giữ sau khi khởi động lại.",
                "Run alsamixer -c {card}: M unmutes, the arrow raises the volume (Master, PCM, Speaker, Line Out); then sudo alsactl store keeps it."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::doctor::Mark;
    use crate::model::station::Channel;
    use crate::model::units::Lufs;

    fn sink(name: &str, muted: bool) -> Sink {
        let description = "Loa".to_owned();
        Sink { name: name.to_owned(), description, muted, percent: Some(70), stand_in: name == "auto_null" }
    }

    fn output(kind: OutputKind, sink: Option<&str>) -> Output {
        Output {
            id: "loa".parse().unwrap(),
            name: "Loa".into(),
            channel: Channel::Commune,
            kind,
            volume: Lufs(-16.0),
            lead_in: Duration::ZERO,
            amplifier: None,
            sink: sink.map(str::to_owned),
            night: None,
            test_before: None,
            listen: None,
        }
    }

    #[test]
    fn silence_is_bad_where_an_output_plays() {
        let sinks = [sink("usb", true), sink("hdmi", false), sink("auto_null", false)];
        let default = || OutputKind::Device { name: None };
        let card = || OutputKind::Device { name: Some("plughw:CARD=PCH".to_owned()) };
        let (bad, good, note) = (Mark::Bad, Mark::Good, Mark::Note);
        let cases = [
            (output(default(), None), vec![bad, good, note]),
            (output(default(), Some("usb")), vec![bad, good, note]),
            (output(default(), Some("hdmi")), vec![note, good, note]),
            (output(default(), Some("bluez")), vec![note, good, note, bad]),
            (output(card(), None), vec![note, good, note]),
            (output(OutputKind::Wav, None), vec![note, good, note]),
        ];
        for (output, expected) in cases {
            let found = judge(std::slice::from_ref(&output), &sinks);
            assert_eq!(found.iter().map(|f| f.mark).collect::<Vec<_>>(), expected, "{output:?}: {found:#?}");
        }
        let shown = &judge(&[], &sinks)[1].what;
        assert!(shown.en.ends_with("(70%): sink = \"hdmi\""), "{shown:?}");
        assert_eq!(mixer("Loa", "plughw:CARD=PCH,DEV=0", false), None);
        let muted = mixer("Loa", "plughw:CARD=PCH,DEV=0", true).unwrap();
        assert!(muted.remedy.unwrap().en.starts_with("Run alsamixer -c PCH"));
    }
}

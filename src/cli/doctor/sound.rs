//! Sound cards and what hears, with the stable names to paste into `station.toml`. Effects: reads `/proc/asound`.

use crate::cli::doctor::Finding;
use crate::model::station::{Output, OutputKind};
use crate::text;

/// A sound card that can play, or hear.
#[derive(Debug, PartialEq, Eq)]
struct Card {
    /// The stable id: `PCH`.
    id: String,
    /// As its maker calls it.
    name: String,
    /// Its devices that can.
    devices: Vec<u32>,
}

/// What is to be said of the cards, and of the outputs that want one.
/// A sound server may have a device where we see no card.
pub(super) fn findings(outputs: &[Output], served: bool) -> Vec<Finding> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/asound/{name}")).unwrap_or_default();
    let (listed, pcm) = (read("cards"), read("pcm"));
    let mut findings = judge(&cards(&listed, &pcm, "playback"), outputs, served);
    findings.extend(ears(&cards(&listed, &pcm, "capture"), outputs));
    findings
}

/// What can hear an output, and what an output misses that wants to be heard.
fn ears(cards: &[Card], outputs: &[Output]) -> Vec<Finding> {
    let each = cards.iter().flat_map(|card| card.devices.iter().map(move |device| (&card.id, &card.name, device)));
    let listed = each.map(|(id, name, device)| {
        Finding::good(text!(
            "Thiết bị thu {name}: [output.listen] device = \"plughw:CARD={id},DEV={device}\"",
            "Capture device {name}: [output.listen] device = \"plughw:CARD={id},DEV={device}\""
        ))
    });
    let wanted = outputs.iter().filter_map(|o| Some((&o.name, card_of(o.listen.as_ref()?.device.as_ref()?)?)));
    let missing = wanted.filter(|(_, id)| cards.iter().all(|card| card.id != *id)).map(|(name, id)| {
        Finding::bad(
            text!("Đầu ra {name}: không thấy thiết bị thu \"{id}\"", "Output {name}: no capture device \"{id}\""),
            text!(
                "Hãy cắm lại mi-crô hoặc card thu, hoặc chép một dòng [output.listen] ở trên vào station.toml.",
                "Plug the microphone or card in again, or paste one of the [output.listen] lines above into station.toml."
            ),
        )
    });
    listed.chain(missing).collect()
}

/// The card that an ALSA name names.
fn card_of(device: &str) -> Option<&str> {
    device.split_once("CARD=")?.1.split(',').next()
}

fn judge(cards: &[Card], outputs: &[Output], served: bool) -> Vec<Finding> {
    let listed = cards.iter().flat_map(|card| {
        card.devices.iter().map(|device| {
            let (id, name) = (&card.id, &card.name);
            Finding::good(text!(
                "Card âm thanh {name}: device = \"plughw:CARD={id},DEV={device}\"",
                "Sound card {name}: device = \"plughw:CARD={id},DEV={device}\""
            ))
        })
    });
    let mut findings: Vec<Finding> = listed.collect();
    findings.extend(outputs.iter().filter_map(|o| wanting(o, cards, served)));
    if cards.is_empty() && outputs.is_empty() && !served {
        findings.push(Finding::note(
            text!("Không thấy card âm thanh nào", "No sound card is seen"),
            text!("Hãy cắm card âm thanh USB rồi chạy lại lệnh này.", "Plug in a USB sound card and run this again."),
        ));
    }
    findings
}

/// What an output misses.
fn wanting(output: &Output, cards: &[Card], served: bool) -> Option<Finding> {
    let name = &output.name;
    match &output.kind {
        OutputKind::Wav | OutputKind::Null | OutputKind::Icecast(_) => None,
        OutputKind::Device { name: Some(device) } => {
            let id = card_of(device)?;
            let absent = cards.iter().all(|c| c.id != id);
            absent.then(|| {
                Finding::bad(
                    text!("Đầu ra {name}: không thấy card \"{id}\"", "Output {name}: no card \"{id}\""),
                    text!(
                        "Hãy cắm lại card, hoặc chép một dòng device ở trên vào station.toml.",
                        "Plug the card in again, or paste one of the device lines above into station.toml."
                    ),
                )
            })
        }
        OutputKind::Device { name: None } | OutputKind::Auto => (cards.is_empty() && !served).then(|| {
            Finding::bad(
                text!("Đầu ra {name}: máy không có card âm thanh nào", "Output {name}: this PC has no sound card"),
                text!(
                    "Hãy cắm card âm thanh (hoặc dây USB). Đã cắm mà vẫn báo: hãy chạy `loaphuong test-sound` và lắng nghe ở loa.",
                    "Plug in a sound card; if sound goes through a sound server elsewhere, try `loaphuong test-sound`."
                ),
            )
        }),
    }
}

/// The cards that can do this (`playback`, `capture`), from `/proc/asound/cards` and `/proc/asound/pcm`.
fn cards(cards: &str, pcm: &str, way: &str) -> Vec<Card> {
    let devices = |number: u32| {
        let lines = pcm.lines().filter(|l| l.split(": ").any(|part| part.starts_with(way)));
        let pairs = lines.filter_map(|l| l.split(':').next()?.split_once('-'));
        let numbers = pairs.filter_map(|(card, device)| Some((card.parse::<u32>().ok()?, device.parse::<u32>().ok()?)));
        numbers.filter(|(card, _)| *card == number).map(|(_, device)| device).collect::<Vec<_>>()
    };
    let card = |line: &str| {
        let (head, name) = line.split_once("]: ")?;
        let (number, id) = head.split_once('[')?;
        let number: u32 = number.trim().parse().ok()?;
        let name = name.split_once(" - ").map_or(name, |(_, name)| name);
        Some(Card { id: id.trim().to_owned(), name: name.trim().to_owned(), devices: devices(number) })
    };
    cards.lines().filter_map(card).filter(|c| !c.devices.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_listed_by_their_stable_id_where_they_can_do_it() {
        let listed = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7 irq 30\n \
                      1 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media at usb\n \
                      2 [Webcam         ]: USB-Audio - HD Webcam\n";
        let pcm = "00-00: ALC269 : ALC269 : playback 1 : capture 1\n00-03: HDMI 0 : HDMI 0 : playback 1\n\
                   01-00: USB Audio : USB Audio : playback 1 : capture 1\n02-00: USB Audio : USB Audio : capture 1\n";
        let (play, hear) = (cards(listed, pcm, "playback"), cards(listed, pcm, "capture"));
        let short = |found: &[Card]| -> Vec<_> {
            found.iter().map(|c| format!("{} ({}) {:?}", c.id, c.name, c.devices)).collect()
        };
        assert_eq!(short(&play), ["PCH (HDA Intel PCH) [0, 3]", "Device (USB Audio Device) [0]"]);
        assert_eq!(
            short(&hear),
            ["PCH (HDA Intel PCH) [0]", "Device (USB Audio Device) [0]", "Webcam (HD Webcam) [0]"]
        );
        assert_eq!(cards("--- no soundcards ---\n", "", "playback"), []);
    }
}

//! Outputs and the shape of sound: device numbers, levels that do nothing or too much, tests that nobody may hear. Pure.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::config::lint::hours::{merged, span_of};
use crate::config::lint::{Desk, Planned};
use crate::config::places::Item;
use crate::config::read::when::{spell, spell_time};
use crate::model::station::{Output, OutputKind, Programme, Station};
use crate::text;

/// The loudness between which a programme is a programme, in LUFS.
const HEARD: std::ops::RangeInclusive<f64> = -40.0..=-6.0;

/// One slot: what it leaves of the volume of each of its outputs, and what airs when its stream is lost.
pub(super) fn check_slot(station: &Station, planned: &Planned<'_>, desk: &mut Desk<'_>) {
    let slot = planned.slot;
    if let Programme::Relay(relay) = &slot.programme
        && relay.fallback.is_none()
    {
        let name = &slot.name;
        desk.warn(
            &planned.item,
            "relay",
            "relay_without_fallback",
            text!(
                "Khung giờ \"{name}\" tiếp âm mà không có gì phát thay: mất tín hiệu thì loa im lặng.",
                "The slot \"{name}\" relays with nothing in reserve: a lost stream is silence."
            ),
            text!("Thêm dòng fallback_queue = \"mã-hàng-đợi\".", "Add a line fallback_queue = \"id-of-a-queue\"."),
        );
    }
    let outputs = station.outputs.iter().filter(|output| planned.commune.outputs.contains(&output.id));
    for output in outputs {
        let loudness = rounded(output.volume.0 + slot.level.volume.0);
        if HEARD.contains(&loudness) {
            continue;
        }
        let (name, on) = (&slot.name, &output.name);
        desk.warn(
            &planned.item,
            "volume_db",
            "volume_out_of_range",
            text!(
                "Khung giờ \"{name}\" trên \"{on}\" sẽ là {loudness} LUFS, ngoài mức -40 đến -6.",
                "The slot \"{name}\" on \"{on}\" would be {loudness} LUFS, outside -40 to -6."
            ),
            text!(
                "Sửa volume_db của khung giờ, hoặc volume_lufs của đầu ra.",
                "Change the slot's volume_db, or the output's volume_lufs."
            ),
        );
    }
}

/// All outputs; `slots` are those that are switched on, of all communes.
pub(super) fn check_outputs(station: &Station, slots: &[Planned<'_>], desk: &mut Desk<'_>) {
    for output in &station.outputs {
        let item = Item::Output(output.id.clone());
        if let OutputKind::Device { name: Some(name) } = &output.kind {
            check_number(&item, "device", name, desk);
        }
        if let Some(name) = output.listen.as_ref().and_then(|listen| listen.device.as_ref()) {
            check_number(&item, "listen.device", name, desk);
        }
        let here: Vec<_> = slots.iter().filter(|planned| planned.commune.outputs.contains(&output.id)).collect();
        check_night(output, &here, &item, desk);
        check_test(station, output, &here, desk);
    }
}

/// To a tenth, as people write it.
fn rounded(level: f64) -> f64 {
    (level * 10.0).round() / 10.0
}

/// A card by its number: numbers change with the order in which cards are found.
fn check_number(item: &Item, key: &'static str, name: &str, desk: &mut Desk<'_>) {
    let Some((kind, place)) = name.split_once(':') else { return };
    let card = place.split(',').next().unwrap_or_default();
    let card = card.strip_prefix("CARD=").unwrap_or(card);
    if card.is_empty() || !card.bytes().all(|b| b.is_ascii_digit()) {
        return;
    }
    let place = place.rsplit_once(',').map(|(_, device)| device.trim_start_matches("DEV=")).filter(|d| *d != "0");
    let device = place.unwrap_or("0");
    desk.warn(
        item,
        key,
        "device_number",
        text!(
            "\"{name}\" gọi card bằng số {card}; số này đổi khi cắm thêm card hoặc khởi động lại, tiếng có thể ra nhầm chỗ.",
            "\"{name}\" names the card by its number {card}: numbers change with a new card or a restart, and sound goes astray."
        ),
        text!(
            "Dùng tên card: \"{kind}:CARD=…,DEV={device}\". Lệnh \"loaphuong doctor\" liệt kê tên từng card.",
            "Use the card's name: \"{kind}:CARD=…,DEV={device}\". \"loaphuong doctor\" lists them."
        ),
    );
}

/// A ceiling above all that ever sounds.
fn check_night(output: &Output, slots: &[&Planned<'_>], item: &Item, desk: &mut Desk<'_>) {
    let Some(night) = &output.night else { return };
    let louder = slots.iter().map(|planned| planned.slot.level.volume.0).fold(0.0, f64::max);
    let (loudest, ceiling) = (rounded(output.volume.0 + louder), night.ceiling.0);
    if ceiling < loudest {
        return;
    }
    desk.warn(
        item,
        "night_volume_lufs",
        "night_without_effect",
        text!(
            "Mức ban đêm {ceiling} LUFS không nhỏ hơn ban ngày ({loudest} LUFS) nên không có tác dụng.",
            "The ceiling at night of {ceiling} LUFS is not below the day's {loudest} LUFS: it does nothing."
        ),
        text!("Ghi số nhỏ hơn, ví dụ -24.0.", "Write less, such as -24.0."),
    );
}

/// A test tone at a time at which no commune of the output may air.
fn check_test(station: &Station, output: &Output, slots: &[&Planned<'_>], desk: &mut Desk<'_>) {
    let Some(before) = output.test_before else { return };
    let before_ms = u64::try_from(before.as_millis()).unwrap_or(u64::MAX);
    let before = SignedDuration::try_from(before).unwrap_or(SignedDuration::ZERO);
    let mut first: BTreeMap<Date, (DateTime, &Planned<'_>)> = BTreeMap::new();
    for planned in slots {
        let spans = merged(&planned.commune.hours);
        for start in planned.starts.iter().filter(|start| span_of(&spans, start.time()).is_some()) {
            let earliest = first.entry(start.date()).or_insert((*start, planned));
            if *start < earliest.0 {
                *earliest = (*start, planned);
            }
        }
    }
    let communes: Vec<_> = station.communes.iter().filter(|commune| commune.outputs.contains(&output.id)).collect();
    let outside = first.into_values().find_map(|(start, planned)| {
        let test = start.saturating_sub(before);
        let permitted = communes.iter().any(|commune| commune.hours.permit(test.time()));
        (!permitted).then_some((start, test, planned))
    });
    let Some((start, test, planned)) = outside else { return };
    let (name, start, test) = (&planned.slot.name, spell_time(start.time()), spell_time(test.time()));
    let before = spell(before_ms);
    desk.warn(
        &Item::Output(output.id.clone()),
        "test_before",
        "test_outside_hours",
        text!(
            "Tiếng thử trước \"{name}\" ({start}) {before} là lúc {test}, ngoài giờ được phép, sẽ không phát.",
            "The test tone {before} before \"{name}\" ({start}) is at {test}, outside the permitted hours, and will not air."
        ),
        text!(
            "Giảm test_before, hoặc mở rộng giờ được phép ([hours]) nếu quy chế cho.",
            "Lower test_before, or widen the permitted hours ([hours]) if the rules permit."
        ),
    );
}

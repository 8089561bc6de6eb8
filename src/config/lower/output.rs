//! `[[output]]`: where sound goes, how loud, and what is beside it. Pure.

use std::time::Duration;

use crate::config::lower::{Desk, KnownOutputs, Seen, all, need, not_empty, optional};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::level::{Level, NightLevel};
use crate::config::read::pc::{RawAmplifier, RawListen, RawOutput};
use crate::config::read::scalar::{Device, Sink, User, Whole, Word};
use crate::config::read::table::Keys as _;
use crate::config::read::web::{MountUrl, Password};
use crate::config::read::word::KindWord;
use crate::config::source::Span;
use crate::model::id::OutputId;
use crate::model::station::{Amplifier, Channel, Listen, Mount, Night, Output, OutputKind};
use crate::model::time::DaySpan;
use crate::model::units::Lufs;
use crate::text;

const USUAL_VOLUME: Lufs = Lufs(-16.0);
const USUAL_LEAD_IN: Duration = Duration::from_millis(500);
const USUAL_LIKENESS: f64 = 0.4;
const USUAL_SOURCE: &str = "source";
const USUAL_BITRATE: u32 = 64;

/// 21:00–06:00: night by QCVN 26:2010/BTNMT.
const USUAL_NIGHT: [(u32, u32); 2] = [(21 * 3600, DaySpan::DAY), (0, 6 * 3600)];

/// What communes can know of an output, however wrong the rest of it is.
fn known_output(raw: &RawOutput) -> Option<(OutputId, Option<Channel>)> {
    let channel = raw.channel.as_ref().map_or(Some(Channel::Commune), |at| at.value);
    Some((raw.id.as_ref()?.value.clone()?, channel))
}

/// All outputs, and what communes can name of them.
pub(crate) fn lower_outputs(
    field: Option<At<Vec<At<RawOutput>>>>,
    desk: &mut Desk<'_, '_>,
) -> (Option<Vec<Output>>, KnownOutputs) {
    let written = field.is_some();
    let Some(list) = field.map_or_else(|| Some(Vec::new()), |at| at.value) else {
        return (None, KnownOutputs::Nobody);
    };
    if list.is_empty() {
        let message = text!("Chưa có đầu ra âm thanh nào.", "There is no output for sound.");
        let remedy = text!(
            "Thêm mục [[output]] có id, name và kind = \"auto\".",
            "Add an [[output]] with id, name and kind = \"auto\"."
        );
        desk.to.add("no_outputs", &(0..0), message, remedy);
    }
    let ids: Option<Vec<_>> = list.iter().map(|at| known_output(at.value.as_ref()?)).collect();
    let mut seen = Seen::default();
    let outputs: Vec<_> = list.into_iter().map(|at| lower_output(at, &mut seen, desk)).collect();
    let known = match ids {
        Some(ids) if written && !desk.to.damage.any() => KnownOutputs::These(ids),
        _ => KnownOutputs::Nobody,
    };
    (outputs.into_iter().collect(), known)
}

fn lower_output(at: At<RawOutput>, seen: &mut Seen<OutputId>, desk: &mut Desk<'_, '_>) -> Option<Output> {
    let (header, raw) = (at.span, at.value?);
    let spans = raw.spans();
    let RawOutput { id, name, channel, kind, device, sink, url, user, password, bitrate, .. } = raw;
    let RawOutput { volume_lufs, night_volume_lufs, night, lead_in, test_before, listen, amplifier, .. } = raw;
    let table = (&header, "[[output]]");
    if let Some(At { span, value: Some(id) }) = &id {
        seen.note(id, span, desk.to);
        desk.places.add(desk.file, &Item::Output(id.clone()), &header, [spans, listen_spans(listen.as_ref())].concat());
    }
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    let channel = optional(channel).map(|c| c.unwrap_or(Channel::Commune));
    let beside = Beside { device, sink, listen, url, user, password, bitrate };
    let goes = beside.lower(kind, table, desk);
    let volume = optional(volume_lufs).map(|v| v.map_or(USUAL_VOLUME, |Level(lufs)| lufs));
    let night = lower_night(night_volume_lufs, night, desk);
    let lead_in = optional(lead_in).map(|l| l.map_or(USUAL_LEAD_IN, |l| l.0));
    let test_before = optional(test_before).map(|before| before.map(|before| before.0));
    let amplifier = lower_amplifier(amplifier, desk);
    let Goes { kind, sink, listen } = goes?;
    Some(Output {
        id: id?,
        name: name?.0,
        channel: channel?,
        kind,
        volume: volume?,
        lead_in: lead_in?,
        amplifier: amplifier?,
        sink,
        night: night?,
        test_before: test_before?,
        listen,
    })
}

/// The keys that go with some kinds of output only.
struct Beside {
    device: Option<At<Device>>,
    sink: Option<At<Sink>>,
    listen: Option<At<RawListen>>,
    url: Option<At<MountUrl>>,
    user: Option<At<User>>,
    password: Option<At<Password>>,
    bitrate: Option<At<Whole<16, 256>>>,
}

/// Where the sound of an output goes, and what looks after it.
struct Goes {
    kind: OutputKind,
    sink: Option<String>,
    listen: Option<Listen>,
}

/// The kinds with which a key goes, as they are typed.
const WITH_DEVICE: &[(KindWord, &str)] = &[(KindWord::Device, "\"device\"")];
const WITH_CARD: &[(KindWord, &str)] = &[(KindWord::Auto, "\"auto\""), (KindWord::Device, "\"device\"")];
const WITH_ICECAST: &[(KindWord, &str)] = &[(KindWord::Icecast, "\"icecast\"")];

impl Beside {
    fn lower(self, kind: Option<At<KindWord>>, table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Goes> {
        let kind = optional(kind).map(|kind| kind.unwrap_or(KindWord::Auto));
        if let Some(kind) = kind {
            self.check(kind, desk);
        }
        let Self { device, sink, listen, url, user, password, bitrate } = self;
        let mount = (kind == Some(KindWord::Icecast))
            .then(|| (need(url, "url", table, desk.to), need(password, "password", table, desk.to)));
        let (device, sink) = (optional(device), optional(sink));
        let (user, bitrate) = (optional(user), optional(bitrate));
        let listen = lower_listen(listen);
        let kind = match kind? {
            KindWord::Auto => OutputKind::Auto,
            KindWord::Device => OutputKind::Device { name: device?.map(|word| word.0) },
            KindWord::Wav => OutputKind::Wav,
            KindWord::Null => OutputKind::Null,
            KindWord::Icecast => {
                let (url, password) = mount?;
                OutputKind::Icecast(Mount {
                    url: url?.0,
                    user: user?.map_or_else(|| USUAL_SOURCE.to_owned(), |word| word.0),
                    password: password?.0,
                    bitrate: bitrate?.map_or(USUAL_BITRATE, |rate| rate.0),
                })
            }
        };
        Some(Goes { kind, sink: sink?.map(|word| word.0), listen: listen? })
    }

    /// Refuses each key that means nothing with this kind.
    fn check(&self, kind: KindWord, desk: &mut Desk<'_, '_>) {
        let keys = [
            ("device", self.device.as_ref().map(|at| &at.span), WITH_DEVICE),
            ("sink", self.sink.as_ref().map(|at| &at.span), WITH_CARD),
            ("listen", self.listen.as_ref().map(|at| &at.span), WITH_CARD),
            ("url", self.url.as_ref().map(|at| &at.span), WITH_ICECAST),
            ("user", self.user.as_ref().map(|at| &at.span), WITH_ICECAST),
            ("password", self.password.as_ref().map(|at| &at.span), WITH_ICECAST),
            ("bitrate", self.bitrate.as_ref().map(|at| &at.span), WITH_ICECAST),
        ];
        for (key, span, kinds) in keys {
            let Some(span) = span.filter(|_| kinds.iter().all(|(with, _)| *with != kind)) else { continue };
            let words = |or: &str| kinds.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(or);
            let (vi, en) = (words(" hoặc "), words(" or "));
            desk.to.add(
                "unused_with_kind",
                span,
                text!("\"{key}\" chỉ dùng được khi kind = {vi}.", "\"{key}\" needs kind = {en}."),
                text!("Ghi kind = {vi}, hoặc xóa dòng này.", "Write kind = {en}, or remove this line."),
            );
        }
    }
}

/// Where the keys of `[output.listen]` stand, for warnings.
fn listen_spans(listen: Option<&At<RawListen>>) -> Vec<(&'static str, Span)> {
    let device = listen.and_then(|at| at.value.as_ref()?.device.as_ref());
    device.into_iter().map(|at| ("listen.device", at.span.clone())).collect()
}

#[expect(clippy::option_option, reason = "written or not, right or wrong: two questions")]
fn lower_listen(field: Option<At<RawListen>>) -> Option<Option<Listen>> {
    let Some(at) = field else { return Some(None) };
    let RawListen { device, at_least } = at.value?;
    let (device, at_least) = (optional(device), optional(at_least));
    let at_least = at_least?.map_or(USUAL_LIKENESS, |likeness| likeness.0);
    Some(Some(Listen { device: device?.map(|word| word.0), at_least }))
}

#[expect(clippy::option_option, reason = "written or not, right or wrong: two questions")]
fn lower_night(
    ceiling: Option<At<NightLevel>>,
    hours: Option<At<Vec<At<DaySpan>>>>,
    desk: &mut Desk<'_, '_>,
) -> Option<Option<Night>> {
    if let (None, Some(at)) = (&ceiling, &hours) {
        desk.to.add(
            "neither",
            &at.span,
            text!(
                "Có night mà không có night_volume_lufs: không biết ban đêm nhỏ tới mức nào.",
                "There is night without night_volume_lufs: how loud may it be?"
            ),
            text!(
                "Thêm dòng night_volume_lufs = -24.0, hoặc xóa dòng night.",
                "Add a line night_volume_lufs = -24.0, or remove night."
            ),
        );
    }
    not_empty(hours.as_ref(), "night", desk.to);
    let usual = || USUAL_NIGHT.iter().filter_map(|(from, until)| DaySpan::new(*from, *until)).collect();
    let hours = optional(hours).and_then(|list| list.map_or_else(|| Some(usual()), all));
    let ceiling = optional(ceiling)?;
    let hours = hours?;
    Some(ceiling.map(|ceiling| Night { ceiling: ceiling.0, hours }))
}

#[expect(clippy::option_option, reason = "written or not, right or wrong: two questions")]
fn lower_amplifier(field: Option<At<RawAmplifier>>, desk: &mut Desk<'_, '_>) -> Option<Option<Amplifier>> {
    let Some(At { span, value }) = field else { return Some(None) };
    let RawAmplifier { on, off, warm_up } = value?;
    let table = (&span, "[output.amplifier]");
    not_empty(on.as_ref(), "on", desk.to);
    not_empty(off.as_ref(), "off", desk.to);
    let on = need(on, "on", table, desk.to).and_then(all);
    let off = need(off, "off", table, desk.to).and_then(all);
    let warm_up = optional(warm_up).map(|w| w.map_or(Duration::ZERO, |w| w.0));
    let words = |list: Vec<Word>| list.into_iter().map(|w| w.0).collect();
    Some(Some(Amplifier { on: words(on?), off: words(off?), warm_up: warm_up? }))
}

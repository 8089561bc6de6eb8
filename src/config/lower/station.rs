//! `station.toml`. Pure.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::config::lower::{Desk, KnownOutputs, Seen, all, need, not_empty, optional};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::named::{Zone, zone};
use crate::config::read::raw::{RawAmplifier, RawHttp, RawOutput, RawPaths, RawStation, StationFile};
use crate::config::read::scalar::{Folder, Level, Word};
use crate::config::read::table::Keys as _;
use crate::config::read::word::KindWord;
use crate::config::source::Span;
use crate::model::id::{OutputId, Revision, StationId};
use crate::model::station::{
    Amplifier, Channel, Commune, EmergencyRules, Http, LoopbackReading, Output, OutputKind, Paths, Station,
};
use crate::model::units::Lufs;
use crate::text;

const USUAL_ZONE: &str = "Asia/Ho_Chi_Minh";
const USUAL_VOLUME: Lufs = Lufs(-16.0);
const USUAL_LEAD_IN: Duration = Duration::from_millis(500);

/// All of a station but its communes.
#[derive(Debug)]
pub(crate) struct Head {
    id: StationId,
    name: String,
    zone: Zone,
    paths: Paths,
    http: Http,
    outputs: Vec<Output>,
}

impl Head {
    /// The whole station.
    pub(crate) fn with(self, communes: Vec<Commune>, revision: Revision) -> Station {
        let Self { id, name, zone: Zone { name: zone_name, zone }, paths, http, outputs } = self;
        Station {
            id,
            name,
            zone_name,
            zone,
            paths,
            http,
            outputs,
            communes,
            revision,
            emergency: EmergencyRules::default(),
        }
    }
}

/// The file as a whole; what outputs it has is known even where something else in it is wrong.
pub(crate) fn lower(raw: StationFile, base: &Path, desk: &mut Desk<'_, '_>) -> (Option<Head>, KnownOutputs) {
    let StationFile { station, paths, http, output } = raw;
    let header = station.as_ref().map_or(0..0, |at| at.span.clone());
    let about = need(station, "station", (&(0..0), ""), desk.to).and_then(|raw| lower_about(raw, &header, desk));
    let paths = optional(paths).and_then(|raw| lower_paths(raw, base));
    let http = optional(http).and_then(lower_http);
    let (outputs, known) = lower_outputs(output, desk);
    let head = || {
        let (id, name, zone) = about?;
        Some(Head { id, name, zone, paths: paths?, http: http?, outputs: outputs? })
    };
    (head(), known)
}

fn lower_about(raw: RawStation, header: &Span, desk: &mut Desk<'_, '_>) -> Option<(StationId, String, Zone)> {
    desk.places.add(desk.file, &Item::Station, header, raw.spans());
    let RawStation { id, name, timezone } = raw;
    let table = (header, "[station]");
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    let zone = optional(timezone).and_then(|named| named.or_else(|| zone(USUAL_ZONE)));
    Some((id?, name?.0, zone?))
}

fn lower_paths(raw: Option<RawPaths>, base: &Path) -> Option<Paths> {
    let RawPaths { communes, audio, state } = raw.unwrap_or(RawPaths { communes: None, audio: None, state: None });
    let folder = |field, usual: &str| {
        let named = optional(field)?;
        Some(resolve(base, &named.map_or_else(|| usual.to_owned(), |f: Folder| f.0)))
    };
    let (communes, audio, state) = (folder(communes, "communes"), folder(audio, "../audio"), folder(state, "../state"));
    Some(Paths { communes: communes?, audio: audio?, state: state? })
}

/// `path` as seen from `base`. Only leading `..` are taken away, as `base` is known to hold no links.
pub(crate) fn resolve(base: &Path, path: &str) -> PathBuf {
    let mut whole = base.to_path_buf();
    let mut leading = true;
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if leading => {
                whole.pop();
            }
            part => {
                leading = false;
                whole.push(part);
            }
        }
    }
    whole
}

fn lower_http(raw: Option<RawHttp>) -> Option<Http> {
    let RawHttp { listen, loopback } = raw.unwrap_or(RawHttp { listen: None, loopback: None });
    let listen = optional(listen)?.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
    let loopback: Option<LoopbackReading> = optional(loopback)?;
    Some(Http { listen, loopback: loopback.unwrap_or_default() })
}

/// What communes can know of an output, however wrong the rest of it is.
fn known_output(raw: &RawOutput) -> Option<(OutputId, Option<Channel>)> {
    let channel = raw.channel.as_ref().map_or(Some(Channel::Commune), |at| at.value);
    Some((raw.id.as_ref()?.value.clone()?, channel))
}

fn lower_outputs(
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
    let RawOutput { id, name, channel, kind, device, volume_lufs, lead_in, amplifier } = raw;
    let table = (&header, "[[output]]");
    if let Some(At { span, value: Some(id) }) = &id {
        seen.note(id, span, desk.to);
        desk.places.add(desk.file, &Item::Output(id.clone()), &header, spans);
    }
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    let channel = optional(channel).map(|c| c.unwrap_or(Channel::Commune));
    let kind = lower_kind(kind, device, desk);
    let volume = optional(volume_lufs).map(|v| v.map_or(USUAL_VOLUME, |Level(lufs)| lufs));
    let lead_in = optional(lead_in).map(|l| l.map_or(USUAL_LEAD_IN, |l| l.0));
    let amplifier = lower_amplifier(amplifier, desk);
    Some(Output {
        sink: None,
        night: None,
        test_before: None,
        listen: None,
        id: id?,
        name: name?.0,
        channel: channel?,
        kind: kind?,
        volume: volume?,
        lead_in: lead_in?,
        amplifier: amplifier?,
    })
}

fn lower_kind(kind: Option<At<KindWord>>, device: Option<At<Word>>, desk: &mut Desk<'_, '_>) -> Option<OutputKind> {
    let kind = optional(kind)?.unwrap_or(KindWord::Auto);
    if let Some(at) = &device
        && kind != KindWord::Device
    {
        let message = text!("\"device\" chỉ dùng được khi kind = \"device\".", "\"device\" needs kind = \"device\".");
        let remedy =
            text!("Sửa kind thành \"device\", hoặc xóa dòng này.", "Change kind to \"device\", or remove this line.");
        desk.to.add("device_unused", &at.span, message, remedy);
        return None;
    }
    let name = optional(device)?.map(|word| word.0);
    Some(match kind {
        KindWord::Auto => OutputKind::Auto,
        KindWord::Device => OutputKind::Device { name },
        KindWord::Wav => OutputKind::Wav,
        KindWord::Null => OutputKind::Null,
    })
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

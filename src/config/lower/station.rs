//! `station.toml`. Pure.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};

use crate::config::lower::output::lower_outputs;
use crate::config::lower::{Desk, KnownOutputs, need, optional};
use crate::config::places::Item;
use crate::config::read::named::{Zone, zone};
use crate::config::read::pc::{RawEmergency, RawHttp, RawPaths, RawStation, StationFile};
use crate::config::read::scalar::Folder;
use crate::config::read::table::Keys as _;
use crate::config::source::Span;
use crate::model::id::{Revision, StationId};
use crate::model::station::{Commune, EmergencyRules, Http, LoopbackReading, Output, Paths, Station};

const USUAL_ZONE: &str = "Asia/Ho_Chi_Minh";

/// All of a station but its communes.
#[derive(Debug)]
pub(crate) struct Head {
    id: StationId,
    name: String,
    zone: Zone,
    paths: Paths,
    http: Http,
    emergency: EmergencyRules,
    outputs: Vec<Output>,
}

impl Head {
    /// The whole station.
    pub(crate) fn with(self, communes: Vec<Commune>, revision: Revision) -> Station {
        let Self { id, name, zone: Zone { name: zone_name, zone }, paths, http, emergency, outputs } = self;
        Station { id, name, zone_name, zone, paths, http, outputs, communes, emergency, revision }
    }
}

/// The file as a whole; what outputs it has is known even where something else in it is wrong.
pub(crate) fn lower(raw: StationFile, base: &Path, desk: &mut Desk<'_, '_>) -> (Option<Head>, KnownOutputs) {
    let StationFile { station, paths, http, emergency, output } = raw;
    let header = station.as_ref().map_or(0..0, |at| at.span.clone());
    let about = need(station, "station", (&(0..0), ""), desk.to).and_then(|raw| lower_about(raw, &header, desk));
    let paths = optional(paths).and_then(|raw| lower_paths(raw, base));
    let http = optional(http).and_then(lower_http);
    let emergency = optional(emergency).and_then(lower_emergency);
    let (outputs, known) = lower_outputs(output, desk);
    let head = || {
        let (id, name, zone) = about?;
        Some(Head { id, name, zone, paths: paths?, http: http?, emergency: emergency?, outputs: outputs? })
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

fn lower_emergency(raw: Option<RawEmergency>) -> Option<EmergencyRules> {
    let Some(RawEmergency { longest }) = raw else { return Some(EmergencyRules::default()) };
    let longest = optional(longest)?;
    Some(longest.map_or_else(EmergencyRules::default, |longest| EmergencyRules { longest: longest.0 }))
}

//! Where this station answers and keeps its journal: read from `station.toml` alone and leniently, so that questions
//! are answered even while the schedule has an error. Effects: reads one file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use toml::Table;

use crate::cli::exit::{Exit, Failure};
use crate::text;

/// What a command needs to reach the daemon or its journal.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Where the daemon answers.
    pub(super) listen: SocketAddr,
    /// The state folder.
    pub(super) state: PathBuf,
    /// The station's zone.
    pub(super) zone: TimeZone,
}

/// The same path without `..`, as people read it; itself where the folder is not there yet.
fn plain(path: &Path) -> PathBuf {
    let parent = path.parent().and_then(|p| p.canonicalize().ok());
    match (path.canonicalize(), parent, path.file_name()) {
        (Ok(whole), _, _) => whole,
        (Err(_), Some(parent), Some(name)) => parent.join(name),
        (Err(_), _, _) => path.to_path_buf(),
    }
}

impl Site {
    /// The site of a configuration folder.
    pub(super) fn find(config: &Path) -> Result<Self, Failure> {
        let file = config.join("station.toml");
        let shown = file.display();
        let text = std::fs::read_to_string(&file).map_err(|error| {
            Failure::new(
                Exit::Config,
                text!(
                    "Không đọc được {shown} ({error}). Hãy chỉ đúng thư mục bằng --config, hoặc tạo cấu hình mẫu bằng \
                     `loaphuong init`.",
                    "Cannot read {shown} ({error}). Name the folder with --config, or write a configuration to begin \
                     with: `loaphuong init`."
                ),
            )
        })?;
        let table: Table = text.trim_start_matches('\u{feff}').parse().map_err(|_| {
            Failure::new(
                Exit::Config,
                text!(
                    "Tệp {shown} có lỗi. Hãy chạy `loaphuong check` để xem lỗi ở dòng nào.",
                    "{shown} has errors. `loaphuong check` says where."
                ),
            )
        })?;
        Ok(Self::from_table(&table, config))
    }

    fn from_table(table: &Table, config: &Path) -> Self {
        let get = |section: &str, key: &str| table.get(section)?.get(key)?.as_str().map(str::to_owned);
        let listen = get("http", "listen").and_then(|l| l.parse().ok());
        let zone = get("station", "timezone").unwrap_or_else(|| "Asia/Ho_Chi_Minh".to_owned());
        Self {
            listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))),
            state: plain(&config.join(get("paths", "state").unwrap_or_else(|| "../state".to_owned()))),
            zone: TimeZone::get(&zone).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(7))),
        }
    }

    /// The address by which this PC itself reaches the daemon.
    pub(super) fn reach(&self) -> SocketAddr {
        let ip = match self.listen.ip() {
            ip if !ip.is_unspecified() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        SocketAddr::new(ip, self.listen.port())
    }
}

//! Opens the port, or says why not: listening beyond this PC without any token is refused. Effects.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::http::tokens::TokenStore;
use crate::model::text::Text;
use crate::text;

/// An open port, not yet answering.
#[derive(Debug)]
pub struct Listener {
    pub(super) socket: TcpListener,
    addr: SocketAddr,
}

impl Listener {
    /// Where it listens: with the real port where port 0 was asked for.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

/// Why the port is not open. A mistake of the configuration: exit code 78.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Other PCs could ask, and there is no token by which to know them.
    #[error("refusing to listen on {0} without any token")]
    NoToken(SocketAddr),
    /// Another program has the port.
    #[error("{0} is in use")]
    InUse(SocketAddr),
    /// The address is not this PC's, or the port is not permitted.
    #[error("cannot listen on {0}: {1}")]
    Refused(SocketAddr, #[source] io::Error),
}

impl BindError {
    /// Cause and remedy.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::NoToken(addr) => text!(
                "Địa chỉ {addr} mở ra mạng nhưng chưa có mã truy cập nào, nên ai cũng có thể vào. Hãy tạo mã bằng lệnh \
                 `loaphuong token add TÊN`, hoặc đặt listen = \"127.0.0.1:8080\" trong mục [http] của station.toml.",
                "{addr} is open to the network and there is no token, so that anybody could come in. Make one with \
                 `loaphuong token add NAME`, or set listen = \"127.0.0.1:8080\" under [http] in station.toml."
            ),
            Self::InUse(addr) => text!(
                "Cổng {addr} đang do chương trình khác dùng. Hãy tắt chương trình đó (có thể là một loaphuong khác đang \
                 chạy), hoặc chọn cổng khác ở listen trong mục [http] của station.toml.",
                "Another program uses {addr}. End it (perhaps another loaphuong is running), or choose another port: \
                 listen under [http] in station.toml."
            ),
            Self::Refused(addr, cause) => text!(
                "Không mở được địa chỉ {addr} ({cause}). Hãy kiểm tra listen trong mục [http] của station.toml; thông \
                 thường là \"127.0.0.1:8080\".",
                "Cannot listen on {addr} ({cause}). Check listen under [http] in station.toml; usually it is \
                 \"127.0.0.1:8080\"."
            ),
        }
    }
}

/// Opens `addr`. Beyond loopback only where at least one token exists.
///
/// # Errors
/// See [`BindError`].
pub fn bind(addr: SocketAddr, tokens: &TokenStore) -> Result<Listener, BindError> {
    if !addr.ip().is_loopback() && tokens.is_empty() {
        return Err(BindError::NoToken(addr));
    }
    let refused = |cause: io::Error| match cause.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(addr),
        _ => BindError::Refused(addr, cause),
    };
    let socket = TcpListener::bind(addr).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let addr = socket.local_addr().map_err(refused)?;
    Ok(Listener { socket, addr })
}

//! The accept loop: takes connections, gives each its time limits, and lets them finish at the end. Effects.
//!
//! Not `axum::serve`: it has no limit on the time for headers, and a few hundred half-open sockets starve it.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tower::Service as _;

use crate::http::app;
use crate::http::auth::Peer;
use crate::http::deps::Deps;
use crate::http::limits::{ACCEPT_PAUSE, GRACE, HEADER_BYTES, HEADER_LINES, HEADERS, LIFE};
use crate::http::listen::Listener;
use crate::http::seats::{Admission, SeatId, Seats};

/// Answers on `listener` until `shutdown` is ready, then lets running requests finish for at most two seconds.
///
/// # Errors
/// The port cannot be watched by the runtime. Everything later is survived and logged.
pub async fn serve(listener: Listener, deps: Deps, shutdown: impl Future<Output = ()> + Send) -> io::Result<()> {
    let addr = listener.addr();
    let socket = TcpListener::from_std(listener.socket)?;
    let (closing, _) = watch::channel(());
    let mut house = House { app: app::router(deps), hall: Hall::default(), closing, guests: JoinSet::new() };
    tracing::info!(%addr, "http listening");
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = house.guests.join_next() => {}
            accepted = socket.accept() => match accepted {
                Ok((stream, peer)) => house.receive(stream, peer),
                Err(error) => house.refused(&error).await,
            },
        }
    }
    drop(socket);
    house.close().await;
    tracing::info!(%addr, "http closed");
    Ok(())
}

struct House {
    app: Router,
    hall: Hall,
    /// Closed (by being dropped) when everybody should finish.
    closing: watch::Sender<()>,
    guests: JoinSet<()>,
}

impl House {
    fn receive(&mut self, stream: TcpStream, peer: SocketAddr) {
        match self.hall.with(|seats| seats.admit(peer.ip())) {
            Admission::Seated(id, evicted) => {
                if let Some(leaving) = evicted {
                    tracing::debug!(%peer, "an unused connection makes room for a new one");
                    leaving.abort();
                }
                let seat = Chair { hall: self.hall.clone(), id };
                let handle = self.guests.spawn(attend(stream, peer, self.app.clone(), seat, self.closing.subscribe()));
                self.hall.with(|seats| seats.hold(id, handle));
            }
            Admission::AddressFull => turn_away(stream, peer, "429 Too Many Requests"),
            Admission::HouseFull => turn_away(stream, peer, "503 Service Unavailable"),
        }
    }

    /// The kernel gave no connection: one that went away meanwhile, or no file handle is left.
    async fn refused(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
            return;
        }
        tracing::warn!(%error, "cannot accept a connection");
        if let Some(leaving) = self.hall.with(Seats::evict_one) {
            leaving.abort();
        }
        sleep(ACCEPT_PAUSE).await;
    }

    async fn close(mut self) {
        drop(self.closing);
        let all = async { while self.guests.join_next().await.is_some() {} };
        if timeout(GRACE, all).await.is_err() {
            tracing::debug!(left = self.guests.len(), "cutting the connections that are left");
            self.guests.shutdown().await;
        }
    }
}

/// Says in one packet why there is no room, without ever waiting for the other side.
fn turn_away(stream: TcpStream, peer: SocketAddr, status: &'static str) {
    let body = format!(r#"{{"type":"about:blank","title":"{status}","status":{}}}"#, &status[..3]);
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let said = stream.into_std().and_then(|mut s| s.write_all(answer.as_bytes()));
    tracing::debug!(%peer, status, told = said.is_ok(), "turned away");
}

/// Serves one connection to its end.
async fn attend(stream: TcpStream, peer: SocketAddr, app: Router, seat: Chair, mut closing: watch::Receiver<()>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "no TCP_NODELAY");
    }
    let place = Peer::of(peer.ip(), stream.local_addr().ok().map(|a| a.ip()));
    let service = service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
        seat.begin();
        request.extensions_mut().insert(place);
        let answer = app.clone().call(request);
        let seat = &seat;
        async move {
            let answer = answer.await;
            seat.end();
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADER_LINES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let over = tokio::select! {
        over = connection.as_mut() => Some(over),
        _ = closing.changed() => None,
        () = sleep(LIFE) => None,
    };
    let over = if let Some(over) = over {
        over
    } else {
        connection.as_mut().graceful_shutdown();
        timeout(GRACE, connection).await.unwrap_or(Ok(()))
    };
    if let Err(error) = over {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

/// The seats, shared between the loop and the connections.
#[derive(Clone)]
struct Hall(Arc<Mutex<Seats<AbortHandle>>>);

impl Default for Hall {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Seats::new())))
    }
}

impl Hall {
    fn with<T>(&self, act: impl FnOnce(&mut Seats<AbortHandle>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One connection's seat; free again when this is dropped.
struct Chair {
    hall: Hall,
    id: SeatId,
}

impl Chair {
    fn begin(&self) {
        self.hall.with(|seats| seats.begin(self.id));
    }

    fn end(&self) {
        self.hall.with(|seats| seats.end(self.id));
    }
}

impl Drop for Chair {
    fn drop(&mut self) {
        self.hall.with(|seats| seats.leave(self.id));
    }
}

//! A sound server asked in the protocol of `PulseAudio`, which `PipeWire` speaks too. Effects: a local socket; may block.

use std::ffi::CStr;
use std::io::{Cursor, Read as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::{env, fs};

use pulseaudio::protocol::{
    AuthParams, AuthReply, ChannelVolume, ClientInfo, Command, CommandReply, CommandTag, GetSinkInfo, Prop, Props,
    ProtocolError, SetClientNameReply, SinkInfo, SinkInfoList, SinkInputInfo, SinkInputInfoList, SubscriptionMask,
    TagStructReader, read_descriptor, write_command_message,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::judge::{self, Level, Place, Stream, Surroundings};

/// The version that we speak: the first that says all we ask for. A server that knows later ones answers in this one.
const VERSION: u16 = 20;
/// The length of a key, and what is sent by those who have none: on a socket of its own, the server knows its user.
const COOKIE: usize = 256;
/// Longest answer that is read.
const LONGEST: u32 = 4 << 20;
/// So many messages of the server's own may come before an answer.
const STRANGERS: usize = 64;

/// A sink of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sink {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) level: Level,
}

/// A message of the server: what it is, to which question, and the rest of it.
struct Message {
    tag: CommandTag,
    to: u32,
    body: Cursor<Vec<u8>>,
}

/// A connection to the server.
pub(super) struct Server {
    socket: UnixStream,
    version: u16,
    asked: u32,
    /// Something has changed while we waited for an answer.
    stirred: bool,
}

impl Server {
    /// The server of this session, or of this PC. It is waited for as long as `patience` at each answer, else for ever.
    pub(super) fn find(patience: Option<Duration>) -> Option<Self> {
        let folder = |name: &str| env::var_os(name).map(Into::into);
        let around = Surroundings {
            server: env::var("PULSE_SERVER").ok(),
            pulse_runtime: folder("PULSE_RUNTIME_PATH"),
            runtime: folder("XDG_RUNTIME_DIR"),
        };
        let socket = judge::sockets(&around).into_iter().find_map(|path| UnixStream::connect(path).ok())?;
        socket.set_read_timeout(patience).ok()?;
        let mut server = Self { socket, version: VERSION, asked: 0, stirred: false };
        server.greet().ok()?;
        Some(server)
    }

    fn greet(&mut self) -> Result<(), ProtocolError> {
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| fs::read(path).ok());
        let cookie = cookie.filter(|cookie| cookie.len() == COOKIE).unwrap_or_else(|| vec![0; COOKIE]);
        let auth = AuthParams { version: VERSION, supports_shm: false, supports_memfd: false, cookie };
        let reply: AuthReply = self.ask(&Command::Auth(auth))?;
        self.version = VERSION.min(reply.version);
        let mut about = Props::new();
        about.set(Prop::ApplicationName, c"loaphuong");
        self.ask::<SetClientNameReply>(&Command::SetClientName(about)).map(|_| ())
    }

    /// Asks to be told when something about a stream or a sink changes.
    pub(super) fn subscribe(&mut self) -> Result<(), ProtocolError> {
        let mask = SubscriptionMask::SINK | SubscriptionMask::SINK_INPUT;
        self.request(&Command::Subscribe(mask)).map(|_| ())
    }

    /// Waits until something has changed since the last question, at most so long.
    pub(super) fn wait(&mut self, most: Duration) -> Result<(), ProtocolError> {
        if std::mem::take(&mut self.stirred) {
            return Ok(());
        }
        let most = Timespec { tv_sec: 0, tv_nsec: most.subsec_nanos().into() };
        let mut sockets = [PollFd::new(&self.socket, PollFlags::IN)];
        if poll(&mut sockets, Some(&most)).map_err(std::io::Error::from)? > 0 {
            self.message()?;
        }
        Ok(())
    }

    /// Where the stream of this process goes; nothing if it has none.
    pub(super) fn place(&mut self, process: u32) -> Result<Option<Place>, ProtocolError> {
        let inputs: SinkInputInfoList = self.ask(&Command::GetSinkInputInfoList)?;
        let mut streams = Vec::with_capacity(inputs.len());
        for input in &inputs {
            streams.push(self.stream(input)?);
        }
        let Some(stream) = judge::ours(&streams, process) else { return Ok(None) };
        let sink: SinkInfo = self.ask(&Command::GetSinkInfo(GetSinkInfo { index: Some(stream.sink), name: None }))?;
        let muted = stream.level.silent() || level(sink.muted, &sink.cvolume).silent();
        Ok(Some(Place { device: text(&sink.name), muted }))
    }

    /// A stream, with the process that its client names where it names none itself.
    fn stream(&mut self, input: &SinkInputInfo) -> Result<Stream, ProtocolError> {
        let own = process(&input.props);
        let process = match (own, input.client_index) {
            (None, Some(client)) => process(&self.ask::<ClientInfo>(&Command::GetClientInfo(client))?.props),
            _ => own,
        };
        let mut level = level(input.muted, &input.cvolume);
        if !input.has_volume {
            level.volumes.clear();
        }
        Ok(Stream { index: input.index, process, sink: input.sink_index, level })
    }

    /// All sinks.
    pub(super) fn sinks(&mut self) -> Result<Vec<Sink>, ProtocolError> {
        let sinks: SinkInfoList = self.ask(&Command::GetSinkInfoList)?;
        let each = sinks.iter().map(|sink| Sink {
            name: text(&sink.name),
            description: sink.description.as_deref().map(text),
            level: level(sink.muted, &sink.cvolume),
        });
        Ok(each.collect())
    }

    /// Asks, and reads the answer.
    fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        let mut body = self.request(command)?;
        TagStructReader::new(&mut body, self.version).read()
    }

    /// Asks, and gives what stands in the answer.
    fn request(&mut self, command: &Command) -> Result<Cursor<Vec<u8>>, ProtocolError> {
        let number = self.asked;
        self.asked += 1;
        write_command_message(&mut self.socket, number, command, self.version)?;
        for _ in 0..STRANGERS {
            let Some(Message { tag, to, mut body }) = self.message()? else { continue };
            match tag {
                CommandTag::Reply if to == number => return Ok(body),
                CommandTag::Error if to == number => {
                    let error = TagStructReader::new(&mut body, self.version).read_enum()?;
                    return Err(ProtocolError::ServerError(error));
                }
                CommandTag::SubscribeEvent => self.stirred = true,
                _ => {}
            }
        }
        Err(ProtocolError::Invalid("no answer among many messages".to_owned()))
    }

    /// Reads a message; nothing if it is sound.
    fn message(&mut self) -> Result<Option<Message>, ProtocolError> {
        let head = read_descriptor(&mut self.socket)?;
        if head.length > LONGEST {
            return Err(ProtocolError::Invalid(format!("a message of {} bytes", head.length)));
        }
        let mut body = Vec::new();
        (&mut self.socket).take(head.length.into()).read_to_end(&mut body)?;
        if head.channel != u32::MAX {
            return Ok(None);
        }
        let mut body = Cursor::new(body);
        let mut reader = TagStructReader::new(&mut body, self.version);
        let (tag, to) = (reader.read_enum()?, reader.read_u32()?);
        Ok(Some(Message { tag, to, body }))
    }
}

fn text(text: &CStr) -> String {
    text.to_string_lossy().into_owned()
}

fn level(muted: bool, volume: &ChannelVolume) -> Level {
    Level { muted, volumes: volume.channels().iter().map(pulseaudio::protocol::Volume::as_u32).collect() }
}

fn process(about: &Props) -> Option<u32> {
    let value = about.get(Prop::ApplicationProcessId)?;
    std::str::from_utf8(value).ok()?.trim_end_matches('\0').parse().ok()
}

//! Who may ask: tokens of which only the hash is kept, re-read when their file changes. Effects.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

use crate::http::token_file::{self, Stamp};
use crate::model::id::CommuneId;
use crate::model::time::Moment;

pub use crate::http::token_file::TokenFileError;

/// The file of tokens, in the state folder. Written by `loaphuong token`, readable by its owner only.
pub const FILE: &str = "tokens.toml";
/// The file with the token of this PC's own commands, in the state folder. Readable by its owner only.
pub const LOCAL_FILE: &str = "operator.token";
/// The name under which this PC's own commands appear in the journal.
pub const LOCAL_NAME: &str = "local";

/// What a token permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reading.
    Reader,
    /// Reading, playing, stopping, reloading.
    Operator,
}

impl Role {
    /// The word in files and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Operator => "operator",
        }
    }
}

/// A token as it is kept: everything but the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Whom it was made for; unique.
    pub name: String,
    /// What it permits.
    pub role: Role,
    /// Whose rows it opens; nothing means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communes: Option<Vec<CommuneId>>,
    /// SHA-256 of the token's text, 64 hex digits.
    pub sha256: String,
    /// When it was made.
    pub created: Moment,
}

/// Where a token is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From everywhere.
    Everywhere,
    /// On this PC only.
    Loopback,
}

/// What somebody who showed a token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The token's name.
    pub name: String,
    /// What it permits.
    pub role: Role,
    /// Whose rows; nothing means all.
    pub communes: Option<Vec<CommuneId>>,
    /// From where.
    pub reach: Reach,
}

/// A new token: its text is shown once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// What its owner types: `lp_` and 64 hex digits.
    pub text: String,
    /// Its hash, to be kept.
    pub sha256: String,
}

/// A fresh token from 32 random bytes of the kernel.
///
/// # Errors
/// The kernel gives no randomness.
pub fn mint() -> io::Result<Minted> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let text = format!("lp_{}", hex(&bytes));
    let sha256 = hex(&Sha256::digest(&text));
    Ok(Minted { text, sha256 })
}

/// The token of this PC's own commands; made when there is none yet. The daemon calls this when it starts.
///
/// # Errors
/// The state folder cannot be written.
pub fn local(state: &Path) -> io::Result<String> {
    if let Some(text) = read_local(state)? {
        return Ok(text);
    }
    let minted = mint()?;
    token_file::write_private(&state.join(LOCAL_FILE), &format!("{}\n", minted.text))?;
    Ok(minted.text)
}

/// The token of this PC's own commands, if the daemon has made one.
///
/// # Errors
/// It is there and cannot be read: only the daemon's own user (and root) may.
pub fn read_local(state: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(state.join(LOCAL_FILE)) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The tokens of a state folder, as last written by anybody.
#[derive(Debug)]
pub struct TokenStore {
    state: PathBuf,
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    stamps: Option<[Option<Stamp>; 2]>,
    known: Arc<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    sha256: [u8; 64],
    grant: Grant,
}

impl TokenStore {
    /// The tokens of `state`. Makes the local token if there is none.
    ///
    /// # Errors
    /// The file of tokens cannot be read or understood, or the local token cannot be written.
    pub fn open(state: &Path) -> Result<Self, TokenFileError> {
        local(state).map_err(|e| TokenFileError::Io(state.join(LOCAL_FILE), e))?;
        token_file::read(&state.join(FILE))?;
        Ok(Self { state: state.to_owned(), cached: Mutex::default() })
    }

    /// Is there no token but the local one?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.known().iter().any(|k| k.grant.reach == Reach::Everywhere)
    }

    /// What `presented` permits; nothing if it is no token (any more). Touches the disk: a look at two files.
    #[must_use]
    pub fn check(&self, presented: &str) -> Option<Grant> {
        let digest = hex(&Sha256::digest(presented));
        let known = self.known();
        // Every token is compared, whole: how long this takes says nothing about any of them.
        let mut found = u32::MAX;
        for (index, token) in (0_u32..).zip(known.iter()) {
            found.conditional_assign(&index, token.sha256.ct_eq(digest.as_bytes()));
        }
        known.get(usize::try_from(found).ok()?).map(|k| k.grant.clone())
    }

    /// The tokens in force; read again when a file has another stamp. What cannot be read admits nobody.
    fn known(&self) -> Arc<Vec<Known>> {
        let files = [self.state.join(FILE), self.state.join(LOCAL_FILE)];
        let stamps = files.each_ref().map(|f| Stamp::of(f));
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.stamps != Some(stamps) {
            let tokens = token_file::read(&files[0]).unwrap_or_else(|error| {
                tracing::error!(%error, "cannot read the tokens; nobody is admitted by them");
                Vec::new()
            });
            let local = read_local(&self.state).unwrap_or_else(|error| {
                tracing::error!(%error, "cannot read the local token");
                None
            });
            cached.known =
                Arc::new(tokens.into_iter().map(lasting).chain(local.map(|t| local_grant(&t))).flatten().collect());
            cached.stamps = Some(stamps);
        }
        Arc::clone(&cached.known)
    }
}

fn lasting(token: Token) -> Option<Known> {
    let sha256 = token.sha256.to_ascii_lowercase().into_bytes().try_into().ok()?;
    let Token { name, role, communes, .. } = token;
    Some(Known { sha256, grant: Grant { name, role, communes, reach: Reach::Everywhere } })
}

fn local_grant(text: &str) -> Option<Known> {
    let sha256 = hex(&Sha256::digest(text)).into_bytes().try_into().ok()?;
    let name = LOCAL_NAME.to_owned();
    Some(Known { sha256, grant: Grant { name, role: Role::Operator, communes: None, reach: Reach::Loopback } })
}

/// All tokens of `state`, in the order in which they were made.
///
/// # Errors
/// See [`TokenFileError`].
pub fn list(state: &Path) -> Result<Vec<Token>, TokenFileError> {
    token_file::read(&state.join(FILE))
}

/// Keeps one token more.
///
/// # Errors
/// [`TokenFileError::Taken`] if the name is in use, else what the disk says.
pub fn add(state: &Path, token: Token) -> Result<(), TokenFileError> {
    let path = state.join(FILE);
    let mut tokens = token_file::read(&path)?;
    if token.name == LOCAL_NAME || tokens.iter().any(|t| t.name == token.name) {
        return Err(TokenFileError::Taken(token.name));
    }
    tokens.push(token);
    token_file::write(&path, &tokens)
}

/// Whether a token was there to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It was, and is no token any more.
    Done,
    /// There was none of that name.
    Unknown,
}

/// Forgets the token of this name: whoever shows it is a stranger from the next request on.
///
/// # Errors
/// What the disk says.
pub fn revoke(state: &Path, name: &str) -> Result<Revoked, TokenFileError> {
    let path = state.join(FILE);
    let tokens = token_file::read(&path)?;
    let (gone, left): (Vec<_>, Vec<_>) = tokens.into_iter().partition(|t| t.name == name);
    if gone.is_empty() {
        return Ok(Revoked::Unknown);
    }
    token_file::write(&path, &left)?;
    Ok(Revoked::Done)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &str, minted: &Minted, role: Role) -> Token {
        let created = serde_json::from_str("\"2026-11-23T05:30:00+07:00\"").unwrap();
        Token { name: name.to_owned(), role, communes: None, sha256: minted.sha256.clone(), created }
    }

    #[test]
    fn a_token_opens_until_it_is_revoked_without_a_restart() {
        let state = tempfile::tempdir().unwrap();
        let store = TokenStore::open(state.path()).unwrap();
        assert!(store.is_empty(), "the local token alone opens no network");
        let (a, b) = (mint().unwrap(), mint().unwrap());
        assert!(store.check(&a.text).is_none());
        add(state.path(), token("phuong-a", &a, Role::Reader)).unwrap();
        add(state.path(), token("phuong-b", &b, Role::Operator)).unwrap();
        assert_eq!(store.check(&a.text).unwrap().name, "phuong-a");
        assert_eq!(store.check(&b.text).unwrap().role, Role::Operator);
        assert!(matches!(add(state.path(), token("phuong-a", &b, Role::Reader)), Err(TokenFileError::Taken(_))));
        assert_eq!(revoke(state.path(), "phuong-a").unwrap(), Revoked::Done);
        assert_eq!(revoke(state.path(), "phuong-a").unwrap(), Revoked::Unknown);
        assert!(store.check(&a.text).is_none());
        assert!(store.check(&b.text).is_some());
        assert!(store.check(&b.sha256).is_none(), "a hash is no token");
        assert!(store.check("").is_none());
    }

    #[test]
    fn files_are_private_and_hold_no_token() {
        use std::os::unix::fs::PermissionsExt as _;
        let state = tempfile::tempdir().unwrap();
        let minted = mint().unwrap();
        add(state.path(), token("phuong-a", &minted, Role::Reader)).unwrap();
        let local_text = local(state.path()).unwrap();
        assert_eq!(local(state.path()).unwrap(), local_text, "made once");
        for file in [FILE, LOCAL_FILE] {
            let mode = std::fs::metadata(state.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        assert!(!std::fs::read_to_string(state.path().join(FILE)).unwrap().contains(&minted.text));
        let grant = TokenStore::open(state.path()).unwrap().check(&local_text).unwrap();
        assert_eq!((grant.role, grant.reach), (Role::Operator, Reach::Loopback));
    }

    #[test]
    fn a_spoilt_file_admits_nobody() {
        let state = tempfile::tempdir().unwrap();
        let minted = mint().unwrap();
        add(state.path(), token("phuong-a", &minted, Role::Reader)).unwrap();
        let store = TokenStore::open(state.path()).unwrap();
        assert!(store.check(&minted.text).is_some());
        std::fs::write(state.path().join(FILE), "[[token]]\nname = 1").unwrap();
        assert!(store.check(&minted.text).is_none());
        assert!(TokenStore::open(state.path()).is_err());
    }
}

//! What a server answers in place of a stream: playlists that say where the stream is. Pure.

/// What an answer is, by its type and its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Sound, or something that may be.
    Stream,
    /// A list of addresses.
    Playlist,
}

/// Types of playlists, and endings of their addresses; a text that begins like one is one, whatever its type.
const TYPES: [&str; 6] = [
    "audio/x-mpegurl",
    "audio/mpegurl",
    "application/x-mpegurl",
    "application/vnd.apple.mpegurl",
    "audio/x-scpls",
    "application/pls+xml",
];

/// Is it sound or a playlist?
pub(super) fn kind(mime: Option<&str>, head: &[u8]) -> Answer {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|text| text.eq_ignore_ascii_case(with));
    let listed = mime.is_some_and(|mime| TYPES.iter().any(|list| mime.eq_ignore_ascii_case(list)));
    let begun = [&b"#EXTM3U"[..], b"[playlist]", b"http://", b"https://"].iter().any(|with| begins(with));
    if listed || begun { Answer::Playlist } else { Answer::Stream }
}

/// The first address in a playlist.
///
/// # Errors
/// What keeps it from being relayed, for engineers.
pub(super) fn first(playlist: &str) -> Result<&str, &'static str> {
    if playlist.contains("#EXT-X-") {
        return Err("an HLS playlist (segments), not a stream: ask its owner for an Icecast address");
    }
    // `File1=http://…` in a pls, the bare address in an m3u.
    let address = |line: &'_ str| -> Option<usize> {
        let lower = line.to_ascii_lowercase();
        let at = if lower.starts_with("file") { lower.find('=')? + 1 } else { 0 };
        let rest = lower[at..].trim_start();
        (rest.starts_with("http://") || rest.starts_with("https://")).then_some(at)
    };
    let mut found = playlist.lines().map(str::trim).filter_map(|line| Some(line[address(line)?..].trim()));
    found.next().ok_or("a playlist without an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_lists_of_all_kinds() {
        let cases = [
            ("http://a/b", Ok("http://a/b")),
            ("#EXTM3U\r\n#EXTINF:-1,Đài\r\nhttps://a/b?c=d\r\nhttp://e\r\n", Ok("https://a/b?c=d")),
            (
                "[playlist]\nNumberOfEntries=1\nFile1=http://a:8000/live\nTitle1=http\nLength1=-1\n",
                Ok("http://a:8000/live"),
            ),
            ("[Playlist]\nfile1 = HTTP://A/b \n", Ok("HTTP://A/b")),
            ("#EXTM3U\nsong.mp3\n", Err("a playlist without an address")),
            ("", Err("a playlist without an address")),
        ];
        for (text, want) in cases {
            assert_eq!(first(text), want, "{text}");
        }
        assert!(first("#EXTM3U\n#EXT-X-TARGETDURATION:4\nhttp://a/1.ts\n").is_err_and(|why| why.contains("HLS")));
    }

    #[test]
    fn sound_is_told_from_lists() {
        for (mime, head, want) in [
            (Some("audio/mpeg"), &b"ID3"[..], Answer::Stream),
            (None, b"\xff\xfb", Answer::Stream),
            (Some("audio/x-scpls"), b"", Answer::Playlist),
            (Some("Audio/X-MpegURL"), b"", Answer::Playlist),
            (Some("text/plain"), b"\xef\xbb\xbf#EXTM3U\n", Answer::Playlist),
            (Some("audio/mpeg"), b"[playlist]", Answer::Playlist),
        ] {
            assert_eq!(kind(mime, head), want, "{mime:?} {head:?}");
        }
    }
}

//! "Did you mean": the nearest known word, over Vietnamese typed with or without its marks. Pure.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What people write for a key in Vietnamese (without marks) or in other programs' English.
const SYNONYMS: &[(&str, &str)] = &[
    ("address", "listen"),
    ("am-luong", "volume_lufs"),
    ("am-thanh", "audio"),
    ("audio-dir", "audio"),
    ("ban-tin", "clip"),
    ("bat", "enabled"),
    ("can-cu", "basis"),
    ("chuyen-de", "topics"),
    ("clip-file", "file"),
    ("commune-name", "name"),
    ("dau-ra", "outputs"),
    ("disabled", "enabled"),
    ("duration", "max_length"),
    ("duyet", "approval"),
    ("expires", "valid_until"),
    ("gio", "at"),
    ("gio-phat", "at"),
    ("hang-doi", "queue"),
    ("het-han", "valid_until"),
    ("kenh", "channel"),
    ("khung-gio", "slot"),
    ("lang", "language"),
    ("length", "max_length"),
    ("loai", "kind"),
    ("luc", "at"),
    ("ma", "id"),
    ("mui-gio", "timezone"),
    ("ngay", "days"),
    ("ngon-ngu", "language"),
    ("nguoi-duyet", "by"),
    ("nhac-hieu", "intro"),
    ("port", "listen"),
    ("schedule", "cron"),
    ("so-van-ban", "document"),
    ("start", "at"),
    ("tag", "topics"),
    ("tags", "topics"),
    ("ten", "name"),
    ("ten-tep", "file"),
    ("tep", "file"),
    ("thoi-luong", "max_length"),
    ("thu", "days"),
    ("thu-tu", "order"),
    ("tieu-de", "title"),
    ("time", "at"),
    ("times", "at"),
    ("tu-ngay", "valid_from"),
    ("type", "kind"),
    ("tz", "timezone"),
    ("volume", "volume_lufs"),
    ("xa", "commune"),
];

/// The word without marks, in lower case, with `-` for spaces and underscores: `Khung giờ` → `khung-gio`.
pub(crate) fn fold(word: &str) -> String {
    let plain = |c: char| match c {
        'đ' | 'Đ' => 'd',
        '_' | ' ' => '-',
        c => c.to_ascii_lowercase(),
    };
    word.nfd().filter(|c| !is_combining_mark(*c)).map(plain).collect()
}

/// The text as an identifier: `Bản tin sáng` → `ban-tin-sang`. Nothing if no letter is left.
pub(crate) fn slug(text: &str) -> Option<String> {
    let folded: String = fold(text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<_> = folded.split('-').filter(|p| !p.is_empty()).collect();
    let slug: String = parts.join("-").chars().take(64).collect();
    let slug = slug.trim_matches('-').to_owned();
    (!slug.is_empty()).then_some(slug)
}

/// The key that people mean by this word, if one of `keys` is near enough.
pub(crate) fn key<'k>(word: &str, keys: &[&'k str]) -> Option<&'k str> {
    let folded = fold(word);
    let meant = SYNONYMS.iter().find(|(from, to)| *from == folded && keys.contains(to)).map(|(_, to)| *to);
    match meant {
        Some(meant) => keys.iter().copied().find(|k| *k == meant),
        None => nearest(word, keys.iter().copied()),
    }
}

/// The nearest of `known`, if it is near enough: one slip in three letters.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded: String = fold(word).chars().take(200).collect();
    let allowed = (folded.chars().count() / 3).min(6);
    let distance = |k: &str| strsim::damerau_levenshtein(&folded, &fold(k));
    let best = known.into_iter().map(|k| (distance(k), k)).min_by_key(|(d, _)| *d)?;
    (best.0 <= allowed).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found() {
        let keys = ["id", "name", "days", "at", "topics", "max_length", "start_within", "enabled"];
        for (word, meant) in [
            ("nam", Some("name")),
            ("ten", Some("name")),
            ("tên", Some("name")),
            ("Chuyên đề", Some("topics")),
            ("chuyên_đề", Some("topics")),
            ("topic", Some("topics")),
            ("max-length", Some("max_length")),
            ("maxlength", Some("max_length")),
            ("start_witin", Some("start_within")),
            ("Days", Some("days")),
            ("gio", Some("at")),
            ("port", None),
            ("xyz", None),
            ("", None),
        ] {
            assert_eq!(key(word, &keys), meant, "{word}");
        }
    }

    #[test]
    fn slugs_are_made() {
        for (text, expected) in [
            ("Bản tin sáng", Some("ban-tin-sang")),
            ("Đài  xã", Some("dai-xa")),
            ("--", None),
            ("AN_XUAN", Some("an-xuan")),
            ("xa\u{306}", Some("xa")),
        ] {
            assert_eq!(slug(text).as_deref(), expected, "{text}");
        }
    }
}

//! "Did you mean": the nearest known word, over Vietnamese typed with or without its marks. Pure.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What people write for a key in Vietnamese (without marks) or in other programs' English.
const SYNONYMS: &[(&str, &str)] = &[
    ("address", "listen"),
    ("airing", "airings"),
    ("am-luong", "volume_lufs"),
    ("am-luong", "volume_db"),
    ("am-thanh", "audio"),
    ("approved", "approval"),
    ("audio-dir", "audio"),
    ("ban-dem", "night"),
    ("ban-tin", "clip"),
    ("bat", "enabled"),
    ("bat-dau", "from"),
    ("can-cu", "basis"),
    ("can-dat", "airings"),
    ("cao-diem", "campaign"),
    ("chi-tieu", "quota"),
    ("chien-dich", "campaign"),
    ("chot-ngay", "closing_day"),
    ("chuyen-de", "topics"),
    ("clip-file", "file"),
    ("commune-name", "name"),
    ("dau-ra", "outputs"),
    ("dem", "count"),
    ("den-ngay", "until"),
    ("den-ngay", "valid_until"),
    ("dia-chi", "url"),
    ("disabled", "enabled"),
    ("do-to", "volume_db"),
    ("doi-tuong", "audience"),
    ("dot", "campaign"),
    ("dot-cao-diem", "campaign"),
    ("du-phong", "fallback"),
    ("du-phong", "fallback_queue"),
    ("duration", "max_length"),
    ("duyet", "approval"),
    ("end", "until"),
    ("end-date", "until"),
    ("expires", "valid_until"),
    ("gio", "at"),
    ("gio-phat", "at"),
    ("gio-phat-bu", "at"),
    ("hang-doi", "queue"),
    ("hang-doi-du-phong", "fallback_queue"),
    ("het-han", "valid_until"),
    ("im-lang", "silence"),
    ("it-nhat", "at_least"),
    ("kbps", "bitrate"),
    ("kenh", "channel"),
    ("keo-dai", "length"),
    ("ket-thuc", "until"),
    ("khan-cap", "emergency"),
    ("khung-gio", "slot"),
    ("ky", "period"),
    ("lang", "language"),
    ("lau-nhat", "longest"),
    ("length", "max_length"),
    ("loai", "kind"),
    ("luc", "at"),
    ("luot", "airings"),
    ("ma", "id"),
    ("mat-khau", "password"),
    ("micro", "listen"),
    ("microphone", "listen"),
    ("minimum", "at_least"),
    ("monitor", "listen"),
    ("muc-uu-tien", "priority"),
    ("mui-gio", "timezone"),
    ("ngay", "date"),
    ("ngay", "days"),
    ("ngay-bat-dau", "from"),
    ("ngay-chot", "closing_day"),
    ("ngay-ket-thuc", "until"),
    ("ngay-le", "holiday"),
    ("ngay-le", "holidays"),
    ("ngay-nghi", "holidays"),
    ("nghe-lai", "listen"),
    ("nghi-bu", "extra"),
    ("nghi-le", "holidays"),
    ("ngon-ngu", "language"),
    ("nguoi-dung", "user"),
    ("nguoi-duyet", "by"),
    ("nhac-hieu", "intro"),
    ("nho-dan", "fade_out"),
    ("pass", "password"),
    ("phat-bu", "make_good"),
    ("phat-thay", "fallback"),
    ("phat-thu", "test_before"),
    ("port", "listen"),
    ("quoc-tang", "mourning"),
    ("ra-quan", "campaign"),
    ("schedule", "cron"),
    ("so-luot", "airings"),
    ("so-van-ban", "document"),
    ("start", "at"),
    ("start-date", "from"),
    ("stream", "relay"),
    ("tag", "topics"),
    ("tags", "topics"),
    ("tai-khoan", "user"),
    ("tang", "mourning"),
    ("ten", "name"),
    ("ten-tep", "file"),
    ("tep", "file"),
    ("test", "test_before"),
    ("thay", "replaces"),
    ("thoi-luong", "max_length"),
    ("thoi-luong", "length"),
    ("thu", "days"),
    ("thu-hoi", "withdrawn"),
    ("thu-tu", "order"),
    ("tiep-am", "relay"),
    ("tieu-de", "title"),
    ("time", "at"),
    ("times", "at"),
    ("to-dan", "fade_in"),
    ("toi-da", "longest"),
    ("toi-thieu", "at_least"),
    ("tu-ngay", "from"),
    ("tu-ngay", "valid_from"),
    ("type", "kind"),
    ("tz", "timezone"),
    ("username", "user"),
    ("uu-tien", "priority"),
    ("volume", "volume_lufs"),
    ("volume", "volume_db"),
    ("xa", "commune"),
];

/// What people write for a word of a closed set.
const WORDS: &[(&str, &str)] = &[
    ("bat-buoc", "required"),
    ("binh-thuong", "play"),
    ("binh-thuong", "normal"),
    ("bo-qua", "skip"),
    ("ca-ke-hoach", "plan"),
    ("dai-xa", "commune"),
    ("doi", "shift"),
    ("doi-ngay", "shift"),
    ("doi-tuong", "audience"),
    ("du", "full"),
    ("hang-thang", "month"),
    ("hang-tuan", "week"),
    ("hung-vuong", "gio-to"),
    ("ke-hoach", "plan"),
    ("khong-bat-buoc", "optional"),
    ("khong-nhac", "without_music"),
    ("khong-phat", "skip"),
    ("loa-khoi-pho", "village"),
    ("loa-luu-dong", "mobile"),
    ("loa-phuong", "commune"),
    ("loa-thon", "village"),
    ("loa-xa", "commune"),
    ("luot", "airings"),
    ("luu-dong", "mobile"),
    ("mien", "exempt"),
    ("nam", "year"),
    ("nam-moi", "tet-duong-lich"),
    ("ngay", "day"),
    ("nghi", "skip"),
    ("ngon-ngu", "language"),
    ("phat", "play"),
    ("quy", "quarter"),
    ("shoutcast", "icecast"),
    ("tet", "tet-nguyen-dan"),
    ("tet-am-lich", "tet-nguyen-dan"),
    ("thang", "month"),
    ("thon", "village"),
    ("thong-thuong", "normal"),
    ("tieng", "language"),
    ("tuan", "week"),
    ("uu-tien", "priority"),
    ("van-phat", "play"),
    ("viet-nam", "vietnam"),
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
    meant(word, SYNONYMS, keys)
}

/// The word of a closed set that people mean.
pub(crate) fn word<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    meant(word, WORDS, known)
}

/// What a list of synonyms says, else what is near.
fn meant<'k>(word: &str, synonyms: &[(&str, &str)], known: &[&'k str]) -> Option<&'k str> {
    let folded = fold(word);
    let meant = synonyms.iter().find(|(from, to)| *from == folded && known.contains(to)).map(|(_, to)| *to);
    match meant {
        Some(meant) => known.iter().copied().find(|k| *k == meant),
        None => nearest(word, known.iter().copied()),
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

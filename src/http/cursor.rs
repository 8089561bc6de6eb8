//! The cursor of a list: says where the next page begins, and is nobody's business beyond that. Pure.

/// The cursor after which rows with a `seq` below `before` follow.
pub(super) fn write(before: u64) -> String {
    format!("s{before:x}")
}

/// What [`write`] wrote, or nothing.
pub(super) fn read(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('s').filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u64::from_str_radix(digits, 16).ok()
}

//! Characters that word processors and input methods put in the place of plain ones: “ ” ＝ no-break spaces. Pure.

/// The plain character that was meant; a space's absence is said by `'\0'`.
fn plain(c: char) -> Option<char> {
    Some(match c {
        '“' | '”' | '„' | '‟' | '″' | '＂' | '«' | '»' | '‘' | '’' | '‚' | '′' | '＇' | '`' | '´' => {
            '"'
        }
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => '\0',
        '–' | '—' | '−' => '-',
        '、' => ',',
        // Full-width forms of ASCII.
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0)?,
        _ => return None,
    })
}

/// The first odd character of the line outside texts in plain quotes and comments, and the line with all such
/// characters made plain. With `whole`, texts in plain quotes are looked at too.
pub(super) fn find(line: &str, whole: bool) -> Option<(usize, char, String)> {
    let mut first = None;
    let mut mended = String::with_capacity(line.len());
    let mut quote: Option<char> = None;
    let mut comment = false;
    for (at, c) in line.char_indices() {
        let watched = !comment && (whole || quote.is_none());
        match plain(c).filter(|_| watched) {
            Some(better) => {
                first = first.or(Some((at, c)));
                if better != '\0' {
                    mended.push(better);
                }
            }
            None => mended.push(c),
        }
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') if !comment => quote = Some(c),
            (None, '#') => comment = true,
            _ => {}
        }
    }
    first.map(|(at, c)| (at, c, mended.trim().to_owned()))
}

/// A line without the comment at its end, and without the spaces before that.
pub(super) fn statement(line: &str) -> &str {
    let mut quote: Option<char> = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => return line[..at].trim_end(),
            _ => {}
        }
    }
    line.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_are_found_and_made_plain() {
        for (line, whole, expected) in [
            ("name = “Sáng”", false, Some((7, "name = \"Sáng\""))),
            ("name ＝ \"x\"", false, Some((5, "name = \"x\""))),
            ("name\u{a0}= \"x\"", false, Some((4, "name = \"x\""))),
            ("days = [‘T2’]", false, Some((8, "days = [\"T2\"]"))),
            ("name = \"nói “to” lên\"", false, None),
            ("name = \"x”", false, None),
            ("name = \"x”", true, Some((9, "name = \"x\""))),
            ("at = 5 # lúc “5 giờ”", false, None),
            ("\u{200b}id = \"x\"", false, Some((0, "id = \"x\""))),
        ] {
            let found = find(line, whole).map(|(at, _, mended)| (at, mended));
            assert_eq!(found, expected.map(|(at, m)| (at, m.to_owned())), "{line}");
        }
    }
}

//! Rust source as the rules see it: comments blanked out, string contents masked, test code marked. Pure.

use std::ops::Range;

/// One file of Rust source.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the top of the repository, with `/`.
    pub(crate) path: String,
    /// As it lies on disk.
    pub(crate) text: String,
    /// Same lines as `text`; comments are blanks, characters inside literals are `_`.
    pub(crate) code: String,
    tests: Vec<Range<usize>>,
}

impl Source {
    /// Reads `text` as the file at `path`.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = mask(text);
        let tests = test_items(&code);
        Self { path: path.to_owned(), text: text.to_owned(), code, tests }
    }

    /// Lines that hold code, with their number from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| !line.trim().is_empty())
    }

    /// Is the byte `at` of `code` part of a test?
    pub(crate) fn in_test(&self, at: usize) -> bool {
        let whole_file =
            !self.path.starts_with("src/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        whole_file || self.tests.iter().any(|range| range.contains(&at))
    }

    /// Every place where `word` stands in the code with no identifier touching its ends.
    pub(crate) fn find(&self, word: &str) -> Vec<usize> {
        let ident = |c: char| c.is_alphanumeric() || c == '_';
        let glued = |at: usize| {
            let (before, after) = (&self.code[..at], &self.code[at + word.len()..]);
            word.starts_with(ident) && before.ends_with(ident) || word.ends_with(ident) && after.starts_with(ident)
        };
        self.code.match_indices(word).map(|(at, _)| at).filter(|at| !glued(*at)).collect()
    }

    /// The line, from 1, of the byte `at` of `code`.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

/// The byte ranges of items under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    starts.map(|at| at..item_end(code, at)).collect()
}

/// Where the item that begins at `start` ends: after its block, or after its `;`.
pub(crate) fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return start + offset + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks comments and masks literals, character by character, so that lines stay where they are.
fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let (length, fill) = token(&chars[at..], at.checked_sub(1).map(|before| chars[before]));
        let piece = &chars[at..at + length];
        match fill {
            Some(fill) => out.extend(piece.iter().map(|c| if *c == '\n' { '\n' } else { fill })),
            None => out.extend(piece),
        }
        at += length;
    }
    out
}

/// How long the token at the head of `rest` is, and with what to fill it; nothing means: as it stands.
fn token(rest: &[char], before: Option<char>) -> (usize, Option<char>) {
    let second = rest.get(1).copied().unwrap_or(' ');
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest[0] {
        '/' if second == '/' => (until_newline(rest), Some(' ')),
        '/' if second == '*' => (block_comment(rest), Some(' ')),
        '"' => (1 + quoted(&rest[1..], '"'), Some('_')),
        'r' if !in_word || before == Some('b') => raw_string(rest).map_or((1, None), |length| (length, Some('_'))),
        '\'' if second == '\\' => (1 + quoted(&rest[1..], '\''), Some('_')),
        '\'' if rest.get(2) == Some(&'\'') => (3, Some('_')),
        _ => (1, None),
    }
}

fn until_newline(rest: &[char]) -> usize {
    rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
    }
    rest.len()
}

/// Length up to and with the closing `quote`, a backslash hiding the character after it.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Length of `r"…"` or `r#"…"#`; nothing if this is not one.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &rest[2 + hashes..];
    let closing = body.windows(end.len()).position(|window| window == end);
    Some(closing.map_or(rest.len(), |at| 2 + hashes + at + end.len()))
}

#[test]
fn masks_comments_and_literals_and_nothing_else() {
    let check = |text: &str, expected: &str| assert_eq!(mask(text), expected, "{text}");
    check("a // b\nc", "a     \nc");
    check("a /* b /* c */\n d */ e", "a             \n      e");
    check(r#"f("x\"y{", z)"#, "f(_______, z)");
    check("r#\"a\"b\"# r#type 'a' '\\'' &'a str", "________ r#type ___ ____ &'a str");
    check("b\"x\" br\"\\\" expr\"x\"", "b___ b____ expr___");
}

#[test]
fn knows_what_is_test_code() {
    let source = Source::new("src/x.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { c() }\n}\nfn d() {}\n");
    let tested = |word: &str| source.in_test(source.find(word)[0]);
    assert_eq!([tested("a"), tested("b"), tested("d")], [false, true, false]);
    let declared = Source::new("src/x.rs", "#[cfg(test)]\nmod tests;\nfn d() {}\n");
    assert!(!declared.in_test(declared.find("d")[0]));
    assert!(Source::new("src/x/tests.rs", "fn a() {}").in_test(0));
}

#[test]
fn finds_whole_words_only() {
    let source = Source::new("src/x.rs", "println!(1); eprintln!(2); xcrate::y crate::y");
    assert_eq!(source.find("println!").len(), 1);
    assert_eq!(source.find("crate::").len(), 1);
}

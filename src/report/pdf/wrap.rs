//! Breaks text into lines that fit. Pure.

use super::face::Face;

/// Lines of writable text, none wider than `width` points unless a single character is; at least one.
pub(super) fn lines(text: &str, face: &Face, size: f32, width: f32) -> Vec<String> {
    let fits = |line: &str| face.width(line, size) <= width;
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&joined) {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = broken(word, &fits, &mut lines);
        }
        lines.push(line);
    }
    lines
}

/// Breaks a word that may be wider than a line, after a hyphen or the like where there is one; gives what is left.
fn broken(word: &str, fits: &impl Fn(&str) -> bool, lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for c in word.chars() {
        line.push(c);
        if fits(&line) || line.chars().count() == 1 {
            continue;
        }
        line.pop();
        let rest = line.rfind(['-', '/', '_', '.', ',', ':']).map(|at| line.split_off(at + 1)).unwrap_or_default();
        // Nothing before the mark: the break is where the line ends.
        if line.is_empty() {
            lines.push(rest);
            line = String::new();
        } else {
            lines.push(std::mem::replace(&mut line, rest));
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::face::{Faces, Weight};
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let faces = Faces::load().unwrap();
        let face = faces.get(Weight::Regular);
        let check = |text: &str, width, expected: &[&str]| {
            let found = lines(text, face, 10.0, width);
            assert_eq!(found, expected, "{text:?}");
            assert!(found.iter().all(|line| face.width(line, 10.0) <= width || line.chars().count() == 1));
        };
        check("", 50.0, &[""]);
        check("Bản tin sáng", 100.0, &["Bản tin sáng"]);
        check("Bản tin sáng", 35.0, &["Bản tin", "sáng"]);
        check("a\nb", 50.0, &["a", "b"]);
        check("bhxh-tu-nguyen", 40.0, &["bhxh-tu-", "nguyen"]);
        check("aaaaaaaaaa", 20.0, &["aaaa", "aaaa", "aa"]);
        check("-aaaaaaaaa", 20.0, &["-", "aaaa", "aaaa", "a"]);
        check("W", 1.0, &["W"]);
    }
}

//! The rooms: reads their table out of ARCHITECTURE.md and holds it against what the code imports. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::Violation;
use crate::source::{Source, item_end};

/// What ARCHITECTURE.md says of one room.
#[derive(Debug, PartialEq)]
pub(crate) struct Room {
    /// Whether its code is held to the rules for pure rooms.
    pub(crate) purity: Purity,
    /// Rooms that it may import.
    pub(crate) imports: BTreeSet<String>,
}

/// Whether a room does anything but compute.
#[derive(Debug, PartialEq)]
pub(crate) enum Purity {
    /// No effects, but in these files of the room.
    Pure { but: BTreeSet<String> },
    /// It reads, writes, sounds or waits.
    Effects,
}

/// By room: `model`, `clock`, `main` …
pub(crate) type Rooms = BTreeMap<String, Room>;

/// The table under the header `| room | one line | purity | may import |`.
pub(crate) fn read_table(markdown: &str) -> Rooms {
    let header = |line: &&str| line.starts_with("| room |") && line.ends_with("| may import |");
    let rows = markdown.lines().skip_while(|line| !header(line)).skip(2).take_while(|line| line.starts_with('|'));
    rows.filter_map(read_row).collect()
}

fn read_row(line: &str) -> Option<(String, Room)> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [name, _, purity, imports] = cells[..] else { return None };
    let name = quoted_words(name).pop_first()?;
    let name = name.trim_end_matches('/').trim_end_matches(".rs").to_owned();
    let purity = if purity.starts_with("pure") { Purity::Pure { but: quoted_words(purity) } } else { Purity::Effects };
    Some((name, Room { purity, imports: quoted_words(imports) }))
}

/// What stands between back-quotes.
fn quoted_words(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The room of a file below `src/`; nothing for other files.
pub(crate) fn room_of(path: &str) -> Option<&str> {
    let below = path.strip_prefix("src/")?;
    Some(below.split_once('/').map_or(below.trim_end_matches(".rs"), |(room, _)| room))
}

/// Rooms in the table without a file, and files without a row.
pub(crate) fn table_is_whole(rooms: &Rooms, sources: &[Source]) -> Vec<Violation> {
    let built: BTreeSet<&str> = sources.iter().filter_map(|s| room_of(&s.path)).collect();
    let told: BTreeSet<&str> = rooms.keys().map(String::as_str).collect();
    let say = |room: &&str, what: &str| Violation::new("ARCHITECTURE.md", 1, "code map", format!("`{room}` {what}"));
    let unbuilt = told.difference(&built).map(|room| say(room, "is in the table and not in src/"));
    let untold = built.difference(&told).map(|room| say(room, "is in src/ and not in the table"));
    let named = rooms.values().flat_map(|room| &room.imports).map(String::as_str);
    let strange =
        named.filter(|import| !told.contains(import)).map(|room| say(&room, "may be imported and is no room"));
    unbuilt.chain(untold).chain(strange).collect()
}

/// Paths into rooms that the table does not allow. Tests inside a room obey the same table: what needs two rooms to
/// be tested is tested in `tests/`.
pub(crate) fn imports(rooms: &Rooms, source: &Source) -> Vec<Violation> {
    let Some((own, room)) = room_of(&source.path).and_then(|name| Some((name, rooms.get(name)?))) else {
        return Vec::new();
    };
    let allowed = |import: &str| import == own || own == "lib" || room.imports.contains(import);
    let wrong = imported(source).into_iter().filter(|(_, import)| !allowed(import));
    wrong
        .map(|(at, import)| {
            let what = format!("`{own}` may not import `{import}` (table in ARCHITECTURE.md)");
            Violation::new(&source.path, source.line_of(at), "imports", what)
        })
        .collect()
}

/// Every top-level name that the file reaches for, and where.
fn imported(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "loaphuong::"] {
        for at in source.find(root) {
            let names = heads(&source.code[at + root.len()..]);
            found.extend(names.into_iter().map(|name| (at, name)));
        }
    }
    found.extend(climbing(source));
    // `text!` is exported by model and lives, as macros do, at the crate's root.
    found.into_iter().map(|(at, name)| (at, if name == "text" { "model".to_owned() } else { name })).collect()
}

/// First names after `crate::`: one, or those of a `{…}` group.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || "_*".contains(*c)).collect();
    if !rest.starts_with('{') {
        return vec![name(rest)];
    }
    let group = &rest[1..item_end(rest, 0).saturating_sub(1)];
    let mut depth = 0;
    let outer = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    outer.map(name).filter(|head: &String| !head.is_empty()).collect()
}

/// Chains of `super::` that climb out of the room to the crate's root.
fn climbing(source: &Source) -> Vec<(usize, String)> {
    let first = |at: &usize| !source.code[..*at].ends_with("super::");
    let chains = source.find("super::").into_iter().filter(first);
    chains
        .filter_map(|at| {
            let steps = source.code[at..].split("super::").take_while(|piece| piece.is_empty()).count();
            let room = heads(&source.code[at + steps * "super::".len()..]).pop()?;
            (steps >= depth_at(source, at)).then_some((at, room))
        })
        .collect()
}

/// How many modules deep the byte `at` lies: 1 in `src/plan/mod.rs`, 2 in `src/plan/day.rs`, one more in `mod x { … }`.
fn depth_at(source: &Source, at: usize) -> usize {
    let path = source.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let of_file = if path == "lib" || path == "main" { 0 } else { path.split('/').count() };
    let inline = |start: &usize| {
        let item = &source.code[*start..];
        let block = item.find(['{', ';']).is_some_and(|end| item[end..].starts_with('{'));
        block && *start < at && at < item_end(&source.code, *start)
    };
    of_file + source.find("mod").iter().filter(|start| inline(start)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| room | one line | purity | may import |
|---|---|---|---|
| `model/` | nouns | pure | nothing |
| `clock.rs` | time | effects | `model` |
| `plan/` | days | pure but `load.rs` | `model` |
";

    #[test]
    fn reads_the_table() {
        let rooms = read_table(TABLE);
        assert_eq!(rooms.keys().collect::<Vec<_>>(), ["clock", "model", "plan"]);
        assert_eq!(rooms["model"].imports, BTreeSet::new());
        assert_eq!(rooms["plan"].imports, BTreeSet::from(["model".to_owned()]));
        assert_eq!(rooms["plan"].purity, Purity::Pure { but: BTreeSet::from(["load.rs".to_owned()]) });
        assert_eq!(rooms["clock"].purity, Purity::Effects);
    }

    #[test]
    fn forbidden_imports_are_seen() {
        let check = |path: &str, text: &str, expected: &[usize]| {
            let found = imports(&read_table(TABLE), &Source::new(path, text));
            assert_eq!(found.iter().map(|v| v.line).collect::<Vec<_>>(), expected, "{path}: {text}\n{found:#?}");
        };
        check("src/plan/day.rs", "use crate::model::id::SlotId;\nuse crate::clock::Clock;", &[2]);
        check("src/plan/day.rs", "use crate::{model::id, clock::{a, b}};", &[1]);
        check("src/plan/day.rs", "use crate::{\n    model::{id, time},\n    plan::draw,\n};", &[]);
        check("src/plan/day.rs", "fn f() -> crate::clock::X { todo() }", &[1]);
        check("src/plan/day.rs", "use crate::*;", &[1]);
        check("src/plan/day.rs", "// crate::clock\nconst A: &str = \"crate::clock\";", &[]);
        check("src/plan/day.rs", "fn f() { crate::text!(\"a\", \"b\"); }", &[]);
        check("src/plan/mod.rs", "use super::clock::X;", &[1]);
        check("src/plan/day.rs", "use super::draw;\nuse super::super::clock;", &[2]);
        check("src/plan/day.rs", "mod tests {\n    use super::*;\n    use super::super::draw;\n}", &[]);
        check("src/plan/day.rs", "#[cfg(test)]\nmod tests {\n    use crate::clock::X;\n}", &[3]);
        check("src/model/id.rs", "use crate::plan::X;", &[1]);
        check("tests/x.rs", "use loaphuong::plan::X;", &[]);
    }

    #[test]
    fn a_room_without_a_row_and_a_row_without_a_room_are_seen() {
        let files = ["src/model/id.rs", "src/clock.rs", "src/attic/mod.rs"].map(|path| Source::new(path, ""));
        let found = table_is_whole(&read_table(TABLE), &files);
        assert_eq!(found.len(), 2, "{found:#?}");
    }
}

//! The rules of the house, held against every file of the repository: all violations at once, each with its place.

mod lines;
mod rooms;
mod source;

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use source::Source;

/// A rule that is broken somewhere.
#[derive(Debug, Clone, PartialEq)]
struct Violation {
    file: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl Violation {
    fn new(file: &str, line: usize, rule: &'static str, what: String) -> Self {
        Self { file: file.to_owned(), line, rule, what }
    }
}
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.rule, self.what)
    }
}

/// A text file of the repository.
struct File {
    path: String,
    ending: String,
    text: String,
    executable: bool,
}

/// Folders that hold nothing written by hand, or cases that are odd on purpose.
const PASSED_OVER: [&str; 6] = ["target", ".git", "state", "proptest-regressions", "cases", "snapshots"];

/// Every file with one of these endings, and every script, in the order of their names.
fn files(root: &Path) -> io::Result<Vec<File>> {
    const ENDINGS: [&str; 9] = ["rs", "md", "toml", "service", "html", "css", "js", "sql", "txt"];
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.extend((!PASSED_OVER.iter().any(|passed| name == *passed)).then_some(path));
                continue;
            }
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_owned();
            if ENDINGS.contains(&ending.as_str()) || is_script(&below) {
                let executable = entry.metadata()?.permissions().mode() & 0o111 != 0;
                found.push(File { path: below, ending, text: fs::read_to_string(&path)?, executable });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn is_script(path: &str) -> bool {
    path.starts_with("script/") || path.starts_with(".ci/")
}

fn violations(root: &Path) -> io::Result<Vec<Violation>> {
    let rooms = rooms::read_table(&fs::read_to_string(root.join("ARCHITECTURE.md"))?);
    let files = files(root)?;
    let rust = files.iter().filter(|file| file.ending == "rs");
    let sources: Vec<Source> = rust.map(|file| Source::new(&file.path, &file.text)).collect();
    let mut found = rooms::table_is_whole(&rooms, &sources);
    for source in &sources {
        found.extend(rooms::imports(&rooms, source));
        found.extend(lines::rust(&rooms, source));
    }
    for file in &files {
        found.extend(lines::text(&file.path, &file.text));
        if is_script(&file.path) {
            found.extend(lines::script(&file.path, &file.text, file.executable));
        }
        if file.ending == "md" {
            found.extend(lines::references(&file.path, &file.text, |path| root.join(path).exists()));
        }
    }
    Ok(found)
}

#[test]
fn the_house_is_tidy() {
    let found = violations(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let said: Vec<String> = found.iter().map(Violation::to_string).collect();
    assert!(said.is_empty(), "{} rules broken:\n{}", said.len(), said.join("\n"));
}

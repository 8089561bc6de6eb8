//! What the tests need to know of a Markdown document: its blocks, its commands, its tables. Pure.

/// A fenced block and the line, from 1, of its fence.
#[derive(Debug, PartialEq)]
pub(crate) struct Block<'a> {
    pub(crate) line: usize,
    pub(crate) language: &'a str,
    pub(crate) body: String,
}

/// Every fenced block of a document.
pub(crate) fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut inside = false;
    for (n, line) in markdown.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(_), true) => inside = false,
            (Some(language), false) => {
                inside = true;
                found.push(Block { line: n + 1, language: language.trim(), body: String::new() });
            }
            (None, true) => {
                if let Some(block) = found.last_mut() {
                    block.body.push_str(line);
                    block.body.push('\n');
                }
            }
            (None, false) => {}
        }
    }
    found
}

/// Every call of our program that a document shows, in `sh` blocks and between back-quotes: the words after its name.
pub(crate) fn commands(markdown: &str) -> Vec<(usize, Vec<String>)> {
    let shell = blocks(markdown).into_iter().filter(|block| block.language == "sh");
    let lines = shell.flat_map(|block| {
        let numbered = block.body.lines().enumerate().map(|(n, line)| (block.line + 1 + n, line.to_owned()));
        numbered.collect::<Vec<_>>()
    });
    let spans = markdown.lines().enumerate().filter(|(_, line)| !line.starts_with("```")).flat_map(|(n, line)| {
        line.split('`').skip(1).step_by(2).map(move |span| (n + 1, span.to_owned())).collect::<Vec<_>>()
    });
    lines.chain(spans).filter_map(|(n, text)| Some((n, arguments(&text)?))).collect()
}

/// The arguments of `loaphuong …`, also behind `sudo`; nothing for other commands, and for the bare name.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.split(" #").next().unwrap_or(line);
    let mut words = line.split_whitespace().peekable();
    if words.next_if_eq(&"sudo").is_some() && words.next_if_eq(&"-u").is_some() {
        words.next();
    }
    let program = words.next()?;
    let ours = program == "loaphuong" || program.ends_with("/loaphuong");
    let rest: Vec<String> = words.map(str::to_owned).collect();
    (ours && !rest.is_empty()).then_some(rest)
}

/// The first two cells, the first without its back-quotes, of each row below the header that begins so.
pub(crate) fn table<'a>(markdown: &'a str, header: &str) -> Vec<(&'a str, &'a str)> {
    let rows = markdown.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        Some((cells.next()?.trim_matches('`'), cells.next()?))
    })
    .collect()
}

fn cells(row: &str) -> usize {
    row.trim().trim_matches('|').replace("\\|", "").split('|').count()
}

/// The lines, from 1, that have another number of cells than the table's first line.
pub(crate) fn ragged(markdown: &str) -> Vec<usize> {
    let mut width = None;
    let mut found = Vec::new();
    for (n, line) in markdown.lines().enumerate() {
        if !line.starts_with('|') {
            width = None;
        } else if *width.get_or_insert(cells(line)) != cells(line) {
            found.push(n + 1);
        }
    }
    found
}

#[test]
fn reads_blocks_commands_and_tables() {
    let text = "Run `loaphuong check --lang en` or `loaphuong`.\n```sh\nsudo -u loaphuong loaphuong --config a log # x\n\
                systemctl restart loaphuong\n```\n```toml\n[a]\nb = 1\n```\n| code | word |\n|-|-|\n| `x` | Y | z |\n";
    let found: Vec<String> = commands(text).into_iter().map(|(n, words)| format!("{n} {}", words.join(" "))).collect();
    assert_eq!(found, ["3 --config a log", "1 check --lang en"]);
    assert_eq!(blocks(text)[1], Block { line: 6, language: "toml", body: "[a]\nb = 1\n".to_owned() });
    assert_eq!(table(text, "| code |"), [("x", "Y")]);
    assert_eq!(ragged(text), [12]);
    assert!(ragged("| a | b |\n|---|---|\n| c\\|d | e |\n\n| one |\n|---|\n| 1 |\n").is_empty());
}

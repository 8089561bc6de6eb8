//! `completions` and `man`: what is made from the command line itself. Effects: `man --dir` writes files.

use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::args::{self, Cli, Completions};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::{Context, out, vietnamese};
use crate::text;

pub(super) fn completions(context: &Context, args: &Completions) -> Ended {
    let mut command = vietnamese::localised(Cli::command(), context.lang);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "loaphuong", &mut script);
    out::bytes(&script)?;
    Ok(Exit::Ok)
}

pub(super) fn man(context: &Context, args: &args::Man) -> Ended {
    let mut command = vietnamese::localised(Cli::command(), context.lang);
    command.build();
    if let Some(dir) = &args.dir {
        return pages(&command, dir);
    }
    let page = match &args.command {
        None => command,
        Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| {
            Failure::new(Exit::Usage, text!("Không có lệnh \"{name}\".", "There is no command \"{name}\"."))
        })?,
    };
    out::bytes(&rendered(page)?)?;
    Ok(Exit::Ok)
}

fn pages(command: &Command, dir: &Path) -> Ended {
    let shown = dir.display();
    let refused = |e: std::io::Error| {
        Failure::new(Exit::Disk, text!("Không ghi được vào {shown} ({e}).", "Cannot write into {shown} ({e})."))
    };
    std::fs::create_dir_all(dir).map_err(refused)?;
    let visible = command.get_subcommands().filter(|c| !c.is_hide_set());
    for page in std::iter::once(command).chain(visible) {
        let name = format!("{}.1", page.get_display_name().unwrap_or_else(|| page.get_name()));
        std::fs::write(dir.join(name), rendered(page.clone())?).map_err(refused)?;
    }
    Ok(Exit::Ok)
}

fn rendered(page: Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    Man::new(page).render(&mut text).map_err(|e| {
        Failure::new(Exit::Bug, text!("Không tạo được trang hướng dẫn ({e}).", "The page cannot be made ({e})."))
    })?;
    Ok(text)
}

//! `init`: writes a configuration to begin with, and never over anything. Effects: writes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::args::Init;
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::rooms::SAMPLES;
use crate::cli::{Context, out};
use crate::text;

pub(super) fn run(context: &Context, args: Init) -> Ended {
    let dir = args.dir.unwrap_or_else(|| PathBuf::from("config"));
    // All of them are looked at before any is written.
    if let Some(there) = SAMPLES.iter().map(|(name, _)| dir.join(name)).find(|p| p.symlink_metadata().is_ok()) {
        let there = there.display();
        return Err(Failure::new(
            Exit::No,
            text!(
                "Đã có tệp {there}; không ghi đè. Hãy chọn thư mục khác: `loaphuong init THƯ_MỤC`.",
                "{there} exists; nothing is overwritten. Choose another folder: `loaphuong init DIR`."
            ),
        ));
    }
    for (name, text) in SAMPLES {
        let path = dir.join(name);
        write_new(&path, text).map_err(|error| refused(&path, &error))?;
        out::line(&path.display().to_string())?;
    }
    let next = text!(
        "Tiếp theo: sửa hai tệp trên, chép tệp âm thanh vào thư mục audio (cạnh thư mục cấu hình, mỗi chuyên đề một thư \
         mục con), rồi chạy `loaphuong check`.",
        "Next: edit these two files, copy audio files into the folder audio (beside the configuration folder, one folder \
         for each topic), then run `loaphuong check`."
    );
    out::note(next.get(context.lang));
    Ok(Exit::Ok)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        Exit::Disk,
        text!(
            "Không ghi được {path} ({error}). Hãy kiểm tra quyền ghi của thư mục.",
            "Cannot write {path} ({error}). Check the folder's permissions."
        ),
    )
}

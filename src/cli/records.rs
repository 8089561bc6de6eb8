//! `verify` and `backup`: the journal as a whole. Effects: reads; `backup` writes one new file.

use crate::cli::args::{Backup, Verify};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, out, rooms};
use crate::http::Tone;
use crate::journal::{self, VerifyError};
use crate::text;

pub(super) fn verify(context: &Context, args: &Verify) -> Ended {
    let file = if let Some(file) = &args.file {
        file.clone()
    } else {
        let site = Site::find(&context.config)?;
        rooms::has_journal(&site.state)?;
        site.state.join(journal::FILE)
    };
    match journal::verify(&file) {
        Ok(whole) => {
            let (entries, head) = (whole.entries, whole.head);
            let text = text!(
                "Nhật ký nguyên vẹn: {entries} mục. Mã kiểm tra cuối: {head}",
                "The journal is whole: {entries} entries. Last hash: {head}"
            );
            out::line(&out::tinted(text.get(context.lang), Tone::Good))?;
            Ok(Exit::Ok)
        }
        Err(VerifyError::Broken(broken)) => {
            let (seq, vi, en) = (broken.seq, broken.why.vi, broken.why.en);
            let text = text!(
                "Nhật ký KHÔNG nguyên vẹn, sai đầu tiên ở mục {seq}: {vi}",
                "The journal is NOT whole, first at entry {seq}: {en}"
            );
            out::line(&out::tinted(text.get(context.lang), Tone::Bad))?;
            Ok(Exit::No)
        }
        Err(VerifyError::Unreadable { why, .. }) => Err(Failure::new(Exit::Disk, why)),
    }
}

pub(super) fn backup(context: &Context, args: &Backup) -> Ended {
    let site = Site::find(&context.config)?;
    let copied = rooms::backup(&site.state, &args.file)?;
    let (file, entries, head) = (args.file.display(), copied.entries, copied.head);
    let text = text!(
        "Đã sao lưu {entries} mục vào {file}. Mã kiểm tra cuối: {head}",
        "Copied {entries} entries to {file}. Last hash: {head}"
    );
    out::line(text.get(context.lang))?;
    Ok(Exit::Ok)
}

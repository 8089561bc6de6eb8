//! `token add|list|revoke`: who may ask over HTTP. Takes effect at once, also on a running daemon. Effects.

use serde_json::json;

use crate::cli::args::{Form, TokenAdd, TokenList, TokenRevoke};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, out, rooms};
use crate::http::tokens::{self, Revoked, Token, TokenFileError};
use crate::model::id::CommuneId;
use crate::model::text::Lang;
use crate::model::time::Moment;
use crate::text;

pub(super) fn add(context: &Context, args: TokenAdd) -> Ended {
    let site = Site::find(&context.config)?;
    let name = args.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        let odd = text!("Tên mã cần từ 1 đến 64 ký tự.", "A token's name has 1 to 64 characters.");
        return Err(Failure::new(Exit::Usage, odd));
    }
    let io = |error| {
        let text = text!("Không tạo được mã ngẫu nhiên ({error}).", "No randomness from the system ({error}).");
        Failure::new(Exit::Bug, text)
    };
    std::fs::create_dir_all(&site.state).map_err(|e| file(&TokenFileError::Io(site.state.clone(), e)))?;
    let minted = tokens::mint().map_err(io)?;
    let token = Token {
        name,
        role: args.role.into(),
        communes: Some(args.commune).filter(|c| !c.is_empty()),
        sha256: minted.sha256,
        created: Moment::of(rooms::now(), &site.zone),
    };
    tokens::add(&site.state, token).map_err(|e| file(&e))?;
    // The token alone goes to standard output, so that a script can keep it.
    out::line(&minted.text)?;
    let once = text!(
        "Hãy chép lại mã trên: nó chỉ hiện một lần này. Dùng: Authorization: Bearer <mã>",
        "Keep this token: it is shown only now. Use: Authorization: Bearer <token>"
    );
    out::note(once.get(context.lang));
    Ok(Exit::Ok)
}

pub(super) fn list(context: &Context, args: &TokenList) -> Ended {
    let site = Site::find(&context.config)?;
    let tokens = tokens::list(&site.state).map_err(|e| file(&e))?;
    if args.format == Form::Json {
        let views: Vec<_> = tokens
            .iter()
            .map(|t| json!({"name": t.name, "role": t.role, "communes": t.communes, "created": t.created}))
            .collect();
        out::json(&json!({"tokens": views}))?;
        return Ok(Exit::Ok);
    }
    if tokens.is_empty() {
        let none = text!("Chưa có mã truy cập nào.", "There is no token.");
        out::line(none.get(context.lang))?;
        return Ok(Exit::Ok);
    }
    let mut table = out::table(match context.lang {
        Lang::Vi => &["Tên", "Quyền", "Đơn vị", "Tạo lúc"],
        Lang::En => &["Name", "Role", "Communes", "Made"],
    });
    let all = text!("tất cả", "all");
    for token in &tokens {
        let communes = token.communes.as_ref().map(|c| c.iter().map(CommuneId::as_str).collect::<Vec<_>>().join(", "));
        let made = token.created.local().strftime("%d/%m/%Y %H:%M").to_string();
        let communes = communes.unwrap_or_else(|| all.get(context.lang).to_owned());
        table.add_row([token.name.as_str(), token.role.code(), &communes, &made]);
    }
    out::show(&table)?;
    Ok(Exit::Ok)
}

pub(super) fn revoke(context: &Context, args: &TokenRevoke) -> Ended {
    let site = Site::find(&context.config)?;
    let name = &args.name;
    match tokens::revoke(&site.state, name).map_err(|e| file(&e))? {
        Revoked::Done => {
            let done = text!("Đã thu hồi mã \"{name}\".", "The token \"{name}\" is revoked.");
            out::line(done.get(context.lang))?;
            Ok(Exit::Ok)
        }
        Revoked::Unknown => Err(Failure::new(
            Exit::No,
            text!(
                "Không có mã nào tên \"{name}\". Xem các mã: `loaphuong token list`.",
                "There is no token named \"{name}\". See `loaphuong token list`."
            ),
        )),
    }
}

fn file(error: &TokenFileError) -> Failure {
    let exit = if matches!(error, TokenFileError::Taken(_)) { Exit::No } else { Exit::Disk };
    Failure::new(exit, error.text())
}

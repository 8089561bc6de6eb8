//! The command line's help and complaints in Vietnamese. Pure.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::model::text::Lang;

/// Help texts by command path and argument; the argument is empty for the command itself.
const HELP: &[(&str, &str, &str)] = &[
    ("loaphuong", "", "Chương trình phát thanh theo lịch cho đài truyền thanh xã, phường"),
    ("loaphuong", "config", "Thư mục cấu hình; mặc định là ./config nếu có, nếu không là /etc/loaphuong"),
    ("loaphuong", "lang", "Ngôn ngữ hiển thị; cũng đặt được bằng biến môi trường LOAPHUONG_LANG"),
    ("loaphuong run", "", "Chạy đài: chương trình nền phát theo lịch"),
    ("loaphuong run", "trial", "Phát thử ngay một lượt để nghe có tiếng; không bao giờ tính vào chỉ tiêu"),
    (
        "loaphuong check",
        "",
        "Kiểm tra cấu hình: nêu mọi lỗi, cảnh báo cùng cách sửa, và chỉ tiêu nào lịch không đáp ứng được",
    ),
    ("loaphuong plan", "", "Xem lịch sắp tới và bài sẽ phát"),
    ("loaphuong plan", "from", "Ngày đầu, dạng 2026-11-23; mặc định là hôm nay"),
    ("loaphuong plan", "days", "Số ngày, nhiều nhất 366"),
    ("loaphuong plan", "format", "Dạng kết quả; ics là tệp lịch"),
    (
        "loaphuong rehearse",
        "",
        "Tổng duyệt: chạy thử những ngày tới trong chốc lát, kể cả khi mất điện, xem sẽ phát được gì",
    ),
    ("loaphuong rehearse", "from", "Ngày đầu, dạng 2026-11-23; đài bắt đầu chạy lúc 00:00"),
    ("loaphuong rehearse", "days", "Số ngày, nhiều nhất 3660"),
    (
        "loaphuong rehearse",
        "power_cut",
        "Mất điện từ giờ này, trong bao lâu: 2026-11-24T05:00/24h; có thể ghi nhiều lần",
    ),
    (
        "loaphuong rehearse",
        "device_loss",
        "Mất card âm thanh từ giờ này, trong bao lâu: 2026-11-24T05:00/1h30m; có thể ghi nhiều lần",
    ),
    ("loaphuong rehearse", "seed", "Số gieo cho phần ngẫu nhiên: cùng một số thì cùng một kết quả"),
    (
        "loaphuong rehearse",
        "journal",
        "Ghi thêm nhật ký mà lần tổng duyệt này lẽ ra đã ghi, dạng bản xuất; không bao giờ ghi đè tệp có sẵn",
    ),
    ("loaphuong log", "", "Xem nhật ký phát"),
    ("loaphuong log", "from", "Từ ngày này (2026-11-23) hoặc từ giờ này (RFC 3339)"),
    ("loaphuong log", "until", "Đến hết ngày này, hoặc trước giờ này"),
    ("loaphuong log", "commune", "Chỉ xã, phường này"),
    ("loaphuong log", "slot", "Chỉ khung giờ phát này"),
    ("loaphuong log", "topic", "Chỉ chuyên đề này"),
    ("loaphuong log", "outcome", "Chỉ kết quả này"),
    ("loaphuong log", "kind", "Chỉ loại lượt phát này"),
    ("loaphuong log", "limit", "Số dòng nhiều nhất, mới nhất trước"),
    ("loaphuong log", "format", "Dạng kết quả; csv để mở bằng Excel"),
    ("loaphuong compliance", "", "Xem chỉ tiêu: phải phát bao nhiêu, đã phát bao nhiêu"),
    ("loaphuong compliance", "commune", "Chỉ xã, phường này"),
    ("loaphuong compliance", "quota", "Chỉ chỉ tiêu này"),
    (
        "loaphuong compliance",
        "period",
        "Kỳ này: 2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026 hoặc plan; mặc định là kỳ hiện tại",
    ),
    ("loaphuong compliance", "from", "Mọi kỳ có ngày từ ngày này trở đi"),
    ("loaphuong compliance", "until", "Đến hết ngày này; mặc định là hôm nay"),
    ("loaphuong compliance", "format", "Dạng kết quả; csv để mở bằng Excel"),
    ("loaphuong report", "", "In sổ nhật ký tuần hoặc biểu tổng hợp: PDF, Excel, CSV, HTML"),
    ("loaphuong report", "month", "Biểu tổng hợp của tháng này, dạng 2026-11"),
    ("loaphuong report", "week", "Sổ nhật ký của tuần này, dạng 2026-W48"),
    ("loaphuong report", "from", "Biểu tổng hợp từ ngày này, dạng 2026-01-01"),
    ("loaphuong report", "until", "Đến hết ngày này; mặc định là hôm nay"),
    ("loaphuong report", "commune", "Của xã, phường này; phải ghi nếu đài phục vụ nhiều đơn vị"),
    ("loaphuong report", "format", "Dạng báo cáo; mặc định theo đuôi tên tệp, nếu không thì pdf"),
    ("loaphuong report", "plain", "CSV cho máy đọc: dấu phẩy, không BOM, số thập phân dấu chấm, ngày ISO"),
    ("loaphuong report", "output", "Tệp ghi ra; mặc định là đầu ra chuẩn"),
    ("loaphuong status", "", "Xem tình trạng đài lúc này"),
    ("loaphuong clips", "", "Xem các tệp âm thanh và tệp nào có vấn đề"),
    ("loaphuong clips", "rescan", "Đọc lại các tệp ngay tại đây, không hỏi chương trình đang chạy"),
    ("loaphuong clips", "format", "Dạng kết quả; csv để mở bằng Excel"),
    ("loaphuong play", "", "Phát ngay một bài hoặc một tệp"),
    ("loaphuong play", "what", "Bài trong thư viện (bhxh-tu-nguyen/loi-ich.mp3) hoặc tệp âm thanh bất kỳ trên máy"),
    ("loaphuong play", "commune", "Phát trên loa của xã, phường này; mặc định là đơn vị đầu tiên"),
    ("loaphuong emergency", "", "Phát khẩn cấp ngay, ngắt mọi nội dung khác"),
    ("loaphuong emergency", "what", "Bài trong thư viện (khan-cap/so-tan.mp3) hoặc tệp âm thanh bất kỳ trên máy"),
    ("loaphuong emergency", "repeat", "Phát mấy lần; không ghi thì lặp lại đến khi dừng"),
    ("loaphuong emergency", "commune", "Chỉ phát trên loa của xã, phường này; mặc định là mọi xã, phường"),
    ("loaphuong emergency", "why", "Lý do, được ghi vào nhật ký phát"),
    ("loaphuong stop", "", "Dừng phát; bản tin khẩn cấp thì hỏi lại trước khi dừng"),
    ("loaphuong stop", "commune", "Chỉ dừng lượt phát của xã, phường này"),
    ("loaphuong stop", "confirm", "Mã lượt phát khẩn cấp cần dừng, không hỏi lại"),
    ("loaphuong reload", "", "Nạp lại cấu hình"),
    ("loaphuong clock", "", "Xem đồng hồ máy có đáng tin cậy không, hoặc xác nhận là đúng"),
    ("loaphuong clock", "confirm", "Xác nhận: giờ và ngày theo đồng hồ tay, tờ lịch"),
    ("loaphuong test-sound", "", "Phát tiếng thử để kiểm tra loa"),
    ("loaphuong test-sound", "commune", "Phát trên loa của xã, phường này; mặc định là đơn vị đầu tiên"),
    ("loaphuong doctor", "", "Khám máy: card âm thanh, đồng hồ, ổ đĩa, quyền, cấu hình"),
    ("loaphuong verify", "", "Kiểm tra nhật ký có nguyên vẹn không"),
    ("loaphuong verify", "file", "Tệp nhật ký hoặc bản xuất; mặc định là nhật ký của đài này"),
    ("loaphuong backup", "", "Sao lưu nhật ký ra tệp"),
    ("loaphuong backup", "file", "Tệp sao lưu; không bao giờ ghi đè tệp có sẵn"),
    ("loaphuong token", "", "Quản lý mã truy cập HTTP"),
    ("loaphuong token add", "", "Tạo mã mới, chỉ hiện một lần"),
    ("loaphuong token add", "name", "Mã cấp cho ai; tên này được ghi vào nhật ký"),
    ("loaphuong token add", "role", "reader: chỉ xem; operator: được phát, dừng, nạp lại"),
    ("loaphuong token add", "commune", "Chỉ xem được xã, phường này; có thể ghi nhiều lần"),
    ("loaphuong token list", "", "Liệt kê tên và quyền của các mã"),
    ("loaphuong token revoke", "", "Thu hồi mã, có hiệu lực ngay"),
    ("loaphuong token revoke", "name", "Tên của mã"),
    ("loaphuong init", "", "Ghi bộ cấu hình mẫu có chú thích"),
    ("loaphuong init", "dir", "Thư mục ghi vào; mặc định là ./config"),
    ("loaphuong completions", "", "In kịch bản gợi ý lệnh cho shell"),
    ("loaphuong completions", "shell", "Loại shell"),
    ("loaphuong man", "", "In trang hướng dẫn (man)"),
    ("loaphuong man", "command", "Trang của lệnh này"),
    ("loaphuong man", "dir", "Ghi mọi trang vào thư mục này"),
    ("loaphuong player", "", "Tiến trình phát tiếng; do chương trình nền khởi động"),
    ("loaphuong measure", "", "Tiến trình đo tệp âm thanh; do chương trình nền khởi động"),
];

/// The words that stand for values.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("DIR", "THƯ_MỤC"),
    ("FILE", "TỆP"),
    ("CLIP|FILE", "BÀI|TỆP"),
    ("LANG", "NGÔN_NGỮ"),
    ("DATE", "NGÀY"),
    ("START/DURATION", "BẮT_ĐẦU/THỜI_LƯỢNG"),
    ("WHEN", "NGÀY|GIỜ"),
    ("MONTH", "THÁNG"),
    ("WEEK", "TUẦN"),
    ("ID", "MÃ"),
    ("N", "SỐ"),
    ("NAME", "TÊN"),
    ("OUTCOME", "KẾT_QUẢ"),
    ("KIND", "LOẠI"),
    ("PERIOD", "KỲ"),
    ("FORMAT", "DẠNG"),
    ("ROLE", "QUYỀN"),
    ("TEXT", "LÝ_DO"),
    ("AIRING", "MÃ_LƯỢT"),
    ("COMMAND", "LỆNH"),
    ("SHELL", "SHELL"),
];

/// What several commands share.
fn shared(arg: &str) -> Option<&'static str> {
    (arg == "format").then_some("Dạng kết quả")
}

/// The help of a command or an argument.
fn help(path: &str, arg: &str) -> Option<&'static str> {
    HELP.iter().find(|(p, a, _)| *p == path && *a == arg).map(|(_, _, text)| *text).or_else(|| shared(arg))
}

/// The command line with its help in `lang`.
pub(super) fn localised(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Vi => translated(command, "loaphuong"),
    }
}

fn translated(command: Command, path: &str) -> Command {
    let (args, subs): (Vec<_>, Vec<_>) = (
        command.get_arguments().map(|a| a.get_id().to_string()).collect(),
        command.get_subcommands().map(|s| s.get_name().to_owned()).collect(),
    );
    let usage = usage(&command, path);
    let mut command = command
        .disable_help_flag(true)
        .override_usage(usage)
        .subcommand_help_heading("Các lệnh")
        .help_template("{about-with-newline}\nCách dùng: {usage}\n\n{all-args}{after-help}");
    if let Some(about) = help(path, "") {
        command = command.about(about);
    }
    if path == "loaphuong" {
        let version = Arg::new("version")
            .display_order(109)
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help("In số phiên bản");
        command = command.disable_version_flag(true).arg(version.help_heading("Tùy chọn"));
    }
    for id in args {
        let text = help(path, &id).unwrap_or_default();
        command = command.mut_arg(&id, |arg| reworded(arg, text));
    }
    for name in subs {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(name, |sub| translated(sub, &path));
    }
    let asked =
        Arg::new("help").display_order(110).short('h').long("help").action(ArgAction::Help).help("In hướng dẫn này");
    command.arg(asked.help_heading("Tùy chọn"))
}

/// How a command is typed: `loaphuong backup [TÙY CHỌN] <TỆP>`.
fn usage(command: &Command, path: &str) -> String {
    let positionals = command.get_positionals().map(|arg| {
        let name = placeholder(arg).unwrap_or("…");
        if arg.is_required_set() { format!(" <{name}>") } else { format!(" [{name}]") }
    });
    let command = if command.has_subcommands() { " <LỆNH>" } else { "" };
    format!("{path} [TÙY CHỌN]{}{command}", positionals.collect::<String>())
}

/// What stands for a value, in Vietnamese.
fn placeholder(arg: &Arg) -> Option<&'static str> {
    let named = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let name = named.unwrap_or_else(|| arg.get_id().as_str().to_uppercase());
    PLACEHOLDERS.iter().find(|(en, _)| *en == name).map(|(_, vi)| *vi)
}

/// An argument with Vietnamese help, where clap would add English words of its own.
fn reworded(arg: Arg, text: &str) -> Arg {
    let mut text = text.to_owned();
    let defaults: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    if !defaults.is_empty() {
        text = format!("{text} [mặc định: {}]", defaults.join(", "));
    }
    let heading = if arg.is_positional() { "Tham số" } else { "Tùy chọn" };
    if !arg.get_action().takes_values() {
        return arg.help(text).help_heading(heading);
    }
    let arg = match placeholder(&arg) {
        Some(name) => arg.value_name(name),
        None => arg,
    };
    let values: Vec<_> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    if !values.is_empty() {
        text = format!("{text} [giá trị: {}]", values.join(", "));
    }
    arg.help(text).hide_default_value(true).hide_possible_values(true).help_heading(heading)
}

/// What is wrong with a command line, in Vietnamese.
pub(super) fn complaint(error: &clap::Error) -> String {
    let said = |kind| error.get(kind).map(ContextValue::to_string).unwrap_or_default();
    let arg = said(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("Không có lệnh {}.", said(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("Không có tùy chọn hoặc tham số {arg} ở đây."),
        ErrorKind::InvalidValue if said(ContextKind::InvalidValue).is_empty() => format!("Thiếu giá trị sau {arg}."),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("Giá trị \"{}\" của {arg} không dùng được.", said(ContextKind::InvalidValue))
        }
        ErrorKind::MissingRequiredArgument => format!("Thiếu {arg}."),
        ErrorKind::MissingSubcommand => "Thiếu tên lệnh.".to_owned(),
        ErrorKind::ArgumentConflict => format!("{arg} không dùng chung với {}.", said(ContextKind::PriorArg)),
        _ => "Không hiểu dòng lệnh.".to_owned(),
    };
    let mut out = format!("lỗi: {what}\n");
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    if let Some(near) = kinds.iter().find_map(|k| nearest(error.get(*k)?)) {
        out = format!("{out}  Có phải ý là: {near}\n");
    }
    let valid = said(ContextKind::ValidValue);
    if !valid.is_empty() {
        out = format!("{out}  Có thể dùng: {valid}\n");
    } else if let Some(hint) = hint(&arg).filter(|_| error.kind() != ErrorKind::UnknownArgument) {
        out = format!("{out}  {hint}\n");
    }
    out.push_str("  Xem hướng dẫn: loaphuong --help, hoặc loaphuong LỆNH --help\n");
    out
}

/// What the help says of `--days <SỐ>` or `<TỆP>`: the first command's words, which are the same for all.
fn hint(shown: &str) -> Option<String> {
    let name = shown.strip_prefix("--")?.split(' ').next()?;
    let text = HELP.iter().find(|(_, arg, _)| arg.replace('_', "-") == name).map(|(_, _, text)| *text)?;
    Some(format!("--{name}: {text}"))
}

/// The likeliest of clap's suggestions, which come in ascending order.
fn nearest(suggested: &ContextValue) -> Option<&str> {
    match suggested {
        ContextValue::String(one) => Some(one),
        ContextValue::Strings(all) => all.last().map(String::as_str),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    fn walk(command: &Command, path: &str, seen: &mut BTreeSet<(String, String)>) {
        seen.insert((path.to_owned(), String::new()));
        for arg in command.get_arguments() {
            seen.insert((path.to_owned(), arg.get_id().to_string()));
        }
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()), seen);
        }
    }

    #[test]
    fn every_command_and_argument_has_vietnamese_help_and_nothing_else_has() {
        let mut seen = BTreeSet::new();
        walk(&Cli::command(), "loaphuong", &mut seen);
        let missing: Vec<_> = seen.iter().filter(|(path, arg)| help(path, arg).is_none()).collect();
        assert_eq!(missing, Vec::<&(String, String)>::new());
        let dead: Vec<_> =
            HELP.iter().filter(|(p, a, _)| !seen.contains(&((*p).to_owned(), (*a).to_owned()))).collect();
        assert_eq!(dead, Vec::<&(&str, &str, &str)>::new());
    }

    #[test]
    fn both_command_lines_are_sound() {
        localised(Cli::command(), Lang::Vi).build();
        localised(Cli::command(), Lang::Vi).debug_assert();
        localised(Cli::command(), Lang::En).debug_assert();
    }
}

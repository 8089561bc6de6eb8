//! The sentences for the faults of outputs: cards, and streams to a server. Pure.

use crate::engine::faults::Words;
use crate::model::outcome::Reason;
use crate::model::playback::DeviceTrouble;
use crate::model::station::{Output, OutputKind};
use crate::model::text::Text;
use crate::text;

/// What to say when an output fails for this reason.
pub(in crate::engine) fn of_output(reason: Reason, trouble: Option<DeviceTrouble>, output: &Output) -> Words {
    let name = &output.name;
    let (message, remedy) = match (reason, &output.kind) {
        (Reason::DeviceAbsent | Reason::DeviceStalled, OutputKind::Icecast(_)) => of_stream(reason, trouble, name),
        (Reason::DeviceAbsent, _) => of_absent(trouble, name),
        _ => of_card(reason, name),
    };
    Words { message, remedy }
}

fn of_absent(trouble: Option<DeviceTrouble>, name: &str) -> (Text, Text) {
    match trouble {
        Some(DeviceTrouble::Busy) => (
            text!("{name}: chương trình khác đang dùng card âm thanh.", "{name}: another program uses the sound card."),
            text!(
                "Hãy tắt chương trình phát nhạc, gọi điện hoặc trình duyệt đang mở trên máy. Có card là tự phát tiếp.",
                "Close players, calls and browsers on the PC. It goes on by itself once the card is free."
            ),
        ),
        Some(DeviceTrouble::NotPermitted) => (
            text!("{name}: không được phép dùng card âm thanh.", "{name}: the sound card may not be used."),
            text!(
                "Hãy thêm người dùng chạy chương trình vào nhóm audio rồi khởi động lại chương trình.",
                "Add the user that runs the program to the group audio, and start the program again."
            ),
        ),
        Some(DeviceTrouble::Unsuitable) => (
            text!(
                "{name}: thiết bị này không phát được âm thanh của đài.",
                "{name}: this device cannot play our sound."
            ),
            text!(
                "Hãy dùng tên thiết bị bắt đầu bằng plughw: do lệnh loaphuong doctor liệt kê.",
                "Use a device name that begins with plughw:, as loaphuong doctor lists them."
            ),
        ),
        Some(DeviceTrouble::Absent | DeviceTrouble::Unreachable) | None => (
            text!("{name}: không thấy card âm thanh, không ai nghe được.", "{name}: no sound card, nobody hears it."),
            text!(
                "Hãy cắm lại card âm thanh (hoặc dây USB) rồi chạy lệnh loaphuong test-sound.",
                "Plug the sound card (or its USB cable) in again, then run loaphuong test-sound."
            ),
        ),
    }
}

fn of_stream(reason: Reason, trouble: Option<DeviceTrouble>, name: &str) -> (Text, Text) {
    match trouble {
        _ if reason == Reason::DeviceStalled => (
            text!(
                "{name}: máy chủ phát trực tuyến không nhận tiếng.",
                "{name}: the streaming server takes no samples."
            ),
            text!(
                "Hãy kiểm tra mạng và máy chủ. Máy chủ chạy lại là tự phát tiếp.",
                "Check the network and the server. It goes on by itself once the server does."
            ),
        ),
        Some(DeviceTrouble::Busy) => (
            text!("{name}: nguồn khác đang phát vào địa chỉ này.", "{name}: another source uses this mount."),
            text!(
                "Hãy tắt nguồn phát kia, hoặc đổi mục url trong station.toml.",
                "End the other source, or change url in station.toml."
            ),
        ),
        Some(DeviceTrouble::NotPermitted) => (
            text!(
                "{name}: máy chủ phát trực tuyến từ chối mật khẩu.",
                "{name}: the streaming server refuses the password."
            ),
            text!("Hãy kiểm tra mục user và password trong station.toml.", "Check user and password in station.toml."),
        ),
        _ => (
            text!(
                "{name}: không kết nối được máy chủ phát trực tuyến.",
                "{name}: the streaming server cannot be reached."
            ),
            text!(
                "Hãy kiểm tra mạng và mục url trong station.toml. Có mạng là tự phát tiếp.",
                "Check the network and url in station.toml. It goes on by itself once the network is back."
            ),
        ),
    }
}

fn of_card(reason: Reason, name: &str) -> (Text, Text) {
    match reason {
        Reason::DeviceStalled => (
            text!("{name}: card âm thanh không nhận tiếng.", "{name}: the sound card takes no samples."),
            text!(
                "Hãy rút card âm thanh ra, cắm lại. Nếu vẫn bị, hãy khởi động lại máy.",
                "Unplug the sound card and plug it in again. If it stays, restart the PC."
            ),
        ),
        Reason::DeviceImplausible => (
            text!(
                "{name}: thiết bị âm thanh nuốt tiếng quá nhanh hoặc quá chậm, không có gì chứng minh loa đã kêu.",
                "{name}: the sound device runs at a wrong speed; nothing proves that it was heard."
            ),
            text!(
                "Hãy kiểm tra tên thiết bị trong station.toml bằng lệnh loaphuong doctor.",
                "Check the device's name in station.toml with loaphuong doctor."
            ),
        ),
        Reason::DeviceMuted => (
            text!("{name}: âm lượng đang tắt, không ai nghe được.", "{name}: muted, nobody hears it."),
            text!(
                "Hãy bật lại âm lượng của máy (lệnh alsamixer, hoặc biểu tượng loa). Bài đang phát vẫn chạy tiếp.",
                "Unmute the PC (alsamixer, or the loudspeaker symbol). What is on air goes on."
            ),
        ),
        Reason::DeviceRerouted => (
            text!("{name}: tiếng bị chuyển sang thiết bị khác.", "{name}: the sound was moved to another device."),
            text!(
                "Hãy cắm lại card âm thanh, hoặc chọn lại đúng thiết bị. Chương trình tự mở lại và phát tiếp.",
                "Plug the sound card in again, or choose the right device. It is opened again by itself."
            ),
        ),
        Reason::Silent => (
            text!("{name}: đang phát nhưng không có tiếng.", "{name}: on air, and silent."),
            text!(
                "Hãy nghe thử bản tin trên máy; nếu bản tin không có tiếng thì thay tệp khác.",
                "Listen to the clip on the PC; if it is silent, replace the file."
            ),
        ),
        _ => (
            text!("{name}: trình phát dừng đột ngột.", "{name}: the player stopped unexpectedly."),
            text!(
                "Chương trình tự phát tiếp. Nếu lặp lại nhiều lần, hãy báo kỹ thuật viên.",
                "It goes on by itself. If this happens often, tell the technician."
            ),
        ),
    }
}

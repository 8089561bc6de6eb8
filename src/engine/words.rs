//! The sentences for the faults that the engine finds: cause and remedy, for the officer. Pure.

use jiff::civil::DateTime;

use crate::engine::faults::Words;
use crate::model::compliance::Assessment;
use crate::model::outcome::Reason;
use crate::model::playback::DeviceTrouble;
use crate::text;

/// What to say when an output fails for this reason.
pub(super) fn of_output(reason: Reason, trouble: Option<DeviceTrouble>, name: &str) -> Words {
    let (message, remedy) = match reason {
        Reason::DeviceAbsent if trouble == Some(DeviceTrouble::Busy) => (
            text!("{name}: chương trình khác đang dùng card âm thanh.", "{name}: another program uses the sound card."),
            text!(
                "Hãy tắt chương trình phát nhạc, gọi điện hoặc trình duyệt đang mở trên máy. Có card là tự phát tiếp.",
                "Close players, calls and browsers on the PC. It goes on by itself once the card is free."
            ),
        ),
        Reason::DeviceAbsent if trouble == Some(DeviceTrouble::NotPermitted) => (
            text!("{name}: không được phép dùng thiết bị phát.", "{name}: the device may not be used."),
            text!(
                "Hãy thêm người chạy chương trình vào nhóm audio, hoặc kiểm tra mật khẩu của máy chủ phát trực tuyến.",
                "Add the service's user to the group audio, or check the password of the streaming server."
            ),
        ),
        Reason::DeviceAbsent if trouble == Some(DeviceTrouble::Unsuitable) => (
            text!(
                "{name}: thiết bị này không phát được âm thanh của đài.",
                "{name}: this device cannot play our sound."
            ),
            text!(
                "Hãy dùng tên thiết bị bắt đầu bằng plughw: do lệnh loaphuong doctor liệt kê.",
                "Use a device name that begins with plughw:, as loaphuong doctor lists them."
            ),
        ),
        Reason::DeviceAbsent if trouble == Some(DeviceTrouble::Unreachable) => (
            text!(
                "{name}: không kết nối được máy chủ phát trực tuyến.",
                "{name}: the streaming server cannot be reached."
            ),
            text!(
                "Hãy kiểm tra mạng và mục url trong station.toml. Có mạng là tự phát tiếp.",
                "Check the network and url in station.toml. It goes on by itself once the network is back."
            ),
        ),
        Reason::DeviceAbsent => (
            text!("{name}: không thấy card âm thanh, không ai nghe được.", "{name}: no sound card, nobody hears it."),
            text!(
                "Hãy cắm lại card âm thanh (hoặc dây USB) rồi chạy lệnh loaphuong test-sound.",
                "Plug the sound card (or its USB cable) in again, then run loaphuong test-sound."
            ),
        ),
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
    };
    Words { message, remedy }
}

/// What to say when a slot has nothing that may air.
pub(super) fn of_choice(reason: Reason, slot: &str) -> Words {
    let why = reason.label();
    let (vi, en) = (why.vi, why.en);
    Words {
        message: text!("Khung giờ “{slot}” không phát được: {vi}.", "Slot “{slot}” cannot air: {en}."),
        remedy: text!(
            "Hãy xem danh sách bằng lệnh loaphuong clips, rồi chép tệp âm thanh tốt vào đúng thư mục chuyên đề.",
            "See the clips (loaphuong clips) and copy a good audio file into the topic's folder."
        ),
    }
}

/// What to say when a slot will have nothing that may air.
pub(super) fn of_coming(reason: Reason, slot: &str, at: DateTime) -> Words {
    let why = reason.label();
    let (vi, en) = (why.vi, why.en);
    let (day, time) = (at.strftime("%d/%m/%Y"), at.strftime("%H:%M"));
    Words {
        message: text!(
            "Khung giờ “{slot}” lúc {time} ngày {day} sẽ không phát được: {vi}.",
            "Slot “{slot}” at {time} on {day} will not air: {en}."
        ),
        ..of_choice(reason, slot)
    }
}

/// What to say when a queue's fallback airs.
pub(super) fn of_fallback(reason: Reason, slot: &str) -> Words {
    let why = reason.label();
    let (vi, en) = (why.vi, why.en);
    Words {
        message: text!(
            "Khung giờ “{slot}” đang phát bài dự phòng: không bài nào của hàng đợi phát được ({vi}).",
            "Slot “{slot}” airs its fallback: no clip of the queue can air ({en})."
        ),
        remedy: text!(
            "Hãy xem danh sách bằng lệnh loaphuong clips, rồi bổ sung bài phát tốt vào hàng đợi.",
            "See the clips (loaphuong clips) and add good ones to the queue."
        ),
    }
}

/// What to say when a stream is silent or lost.
pub(super) fn of_relay(slot: &str) -> Words {
    Words {
        message: text!(
            "Tiếp âm “{slot}” mất tín hiệu, đang phát bài thay thế (hoặc im lặng).",
            "Relay “{slot}”: the stream is lost; what stands in for it is on air."
        ),
        remedy: text!(
            "Hãy kiểm tra mạng Internet của máy và địa chỉ ở mục relay. Có tín hiệu lại thì chương trình tự tiếp âm.",
            "Check the PC's network and the address under relay. The relay goes on by itself once the stream is back."
        ),
    }
}

/// What to say when a jingle cannot be played.
pub(super) fn of_jingle(file: &str) -> Words {
    Words {
        message: text!(
            "Không phát được nhạc hiệu {file}; bản tin vẫn phát, không có nhạc hiệu.",
            "The jingle {file} cannot be played; the clip airs without it."
        ),
        remedy: text!(
            "Hãy chép lại tệp nhạc hiệu vào thư mục âm thanh.",
            "Copy the jingle into the audio folder again."
        ),
    }
}

/// What to say when the journal cannot be written.
pub(super) fn of_storage(reason: Reason) -> Words {
    match reason {
        Reason::DiskFull => Words {
            message: text!("Ổ đĩa đầy: chưa ghi được nhật ký.", "The disk is full: the log cannot be written."),
            remedy: text!(
                "Hãy xóa bớt tệp không dùng. Lịch vẫn phát; nhật ký được ghi tiếp khi có chỗ trống.",
                "Delete files that are not needed. The schedule goes on; the log is written once there is room."
            ),
        },
        _ => Words {
            message: text!(
                "Ổ đĩa ghi chậm hoặc bị lỗi: chưa ghi được nhật ký.",
                "The disk is slow or failing: the log cannot be written."
            ),
            remedy: text!(
                "Lịch vẫn phát. Hãy báo kỹ thuật viên kiểm tra ổ đĩa.",
                "The schedule goes on. Tell the technician to look at the disk."
            ),
        },
    }
}

/// What to say when the clock shows a time before the last entry of the journal.
pub(super) fn of_clock() -> Words {
    Words {
        message: text!(
            "Đồng hồ máy chạy lùi so với nhật ký: chưa phát theo lịch được.",
            "The clock is behind the log: nothing airs by schedule until it is right."
        ),
        remedy: text!(
            "Hãy nối mạng để máy tự chỉnh giờ, hoặc chỉnh lại ngày giờ của máy.",
            "Connect the PC to the network so that it sets its clock, or set date and time."
        ),
    }
}

/// What to say of a quota that what is planned cannot meet.
pub(super) fn of_quota(assessment: &Assessment) -> Words {
    let Assessment { name, commune_name, until, .. } = assessment;
    let last = until.strftime("%d/%m/%Y");
    let usual = text!(
        "Hãy thêm khung giờ phát trong tệp lịch, hoặc mở thêm giờ phát bù.",
        "Add a slot to the schedule, or more make-good times."
    );
    Words {
        message: text!(
            "{commune_name}: chỉ tiêu “{name}” có nguy cơ không đạt trong kỳ đến hết ngày {last}.",
            "{commune_name}: the quota “{name}” is at risk in the period until {last}."
        ),
        remedy: assessment.advice.clone().unwrap_or(usual),
    }
}

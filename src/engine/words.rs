//! The sentences for the faults that the engine finds: cause and remedy, for the officer. Pure.

use crate::engine::faults::Words;
use crate::model::compliance::Assessment;
use crate::model::outcome::Reason;
use crate::text;

/// What to say when an output fails for this reason.
pub(super) fn of_output(reason: Reason, name: &str) -> Words {
    let (message, remedy) = match reason {
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

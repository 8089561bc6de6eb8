//! The sentences for the faults that the engine finds: cause and remedy, for the officer. Pure.

mod outputs;

use jiff::civil::DateTime;

use crate::engine::faults::Words;
use crate::model::compliance::Assessment;
use crate::model::outcome::Reason;
use crate::model::text::Text;
use crate::text;

pub(super) use self::outputs::of_output;

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

/// What to say when the clock shows a time that is over.
pub(super) fn of_clock_behind() -> Words {
    Words {
        message: text!(
            "Đồng hồ máy chỉ thời điểm đã qua: tạm dừng phát theo lịch.",
            "The clock shows a time that is over: nothing airs by schedule."
        ),
        remedy: clock_remedy(),
    }
}

/// What to say when the clock has leapt ahead, and nobody knows why.
pub(super) fn of_clock_ahead() -> Words {
    Words {
        message: text!(
            "Đồng hồ máy nhảy xa về phía trước, chưa rõ đúng hay sai: tạm dừng phát theo lịch.",
            "The clock has leapt far ahead, and nobody knows whether it is right: nothing airs by schedule."
        ),
        remedy: clock_remedy(),
    }
}

fn clock_remedy() -> Text {
    text!(
        "Hãy nối mạng để máy tự chỉnh giờ. Không có mạng: xem đồng hồ tay và lịch, máy sai thì chỉnh lại, rồi xác nhận \
         bằng lệnh loaphuong clock (trong lúc chờ vẫn phát khẩn cấp và phát tay được).",
        "Connect the PC to the network so that it sets its clock. Without one, look at a watch and a calendar, set the \
         clock if it is wrong, then confirm it with loaphuong clock (emergencies and manual play work meanwhile)."
    )
}

/// What to say while everything to come has its rows, for the clock was ahead.
pub(super) fn of_clock_that_was_ahead(until: DateTime) -> Words {
    let until = until.strftime("%H:%M %d/%m/%Y").to_string();
    Words {
        message: text!(
            "Đồng hồ máy từng chạy trước giờ thật: các lượt đến {until} đã ghi kết quả, không phát lại.",
            "The clock was ahead: what is due until {until} has its rows and is not aired again."
        ),
        remedy: text!(
            "Không cần sửa gì, sau giờ đó lịch phát bình thường. Cần phát sớm hơn: phát tay (loaphuong play), hoặc thêm \
             khung giờ mới trong tệp lịch.",
            "Nothing needs mending, the schedule goes on after that. To air earlier: loaphuong play, or new slots in the \
             schedule."
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

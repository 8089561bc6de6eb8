//! What `verify` says of a journal that is not as it was written: cause and remedy. Pure.

use crate::model::text::Text;
use crate::text;

pub(super) fn missing(from: u64, found: u64) -> Text {
    let last = found - 1;
    if from == 1 {
        return text!(
            "Thiếu phần đầu nhật ký: các dòng từ 1 đến {last} đã bị xóa. Hãy đối chiếu với bản sao lưu.",
            "The beginning is missing: entries 1 to {last} were removed. Compare with a backup."
        );
    }
    text!(
        "Thiếu các dòng từ {from} đến {last}: đã bị xóa. Hãy đối chiếu với bản sao lưu.",
        "Entries {from} to {last} are missing: they were removed. Compare with a backup."
    )
}

pub(super) fn cut_off(from: u64, to: u64) -> Text {
    text!(
        "Thiếu phần cuối nhật ký: các dòng từ {from} đến {to} có trong bản ghi thứ hai as-run.jsonl mà không có trong \
         nhật ký. Khi khởi động lại, chương trình lập lại nhật ký từ bản ghi thứ hai.",
        "The end is missing: entries {from} to {to} stand in the second copy as-run.jsonl and not in the journal. When \
         the program is restarted it makes the journal anew from the copy."
    )
}

pub(super) fn not_the_copys(seq: u64) -> Text {
    text!(
        "Dòng {seq} khác với bản ghi thứ hai as-run.jsonl: một trong hai tệp đã bị thay. Hãy giữ nguyên cả hai và đối \
         chiếu với bản sao lưu.",
        "Entry {seq} is not that of the second copy as-run.jsonl: one of the two files was replaced. Keep both as they \
         are, and compare with a backup."
    )
}

pub(super) fn misplaced(seq: u64) -> Text {
    text!(
        "Dòng {seq} nằm sai thứ tự. Hãy đối chiếu với bản sao lưu.",
        "Entry {seq} is out of order. Compare with a backup."
    )
}

pub(super) fn foreign(seq: u64) -> Text {
    text!(
        "Dòng {seq} không nối tiếp dòng đứng trước: dòng này bị sửa, hoặc dòng trước đã bị thay. \
         Hãy đối chiếu với bản sao lưu.",
        "Entry {seq} does not continue the entry before it: it was changed, or the one before was replaced. \
         Compare with a backup."
    )
}

pub(super) fn changed(seq: u64) -> Text {
    text!(
        "Nội dung dòng {seq} không khớp mã kiểm tra: dòng này đã bị sửa. Hãy đối chiếu với bản sao lưu.",
        "Entry {seq} does not match its hash: it was changed. Compare with a backup."
    )
}

pub(super) fn unreadable_entry(seq: u64) -> Text {
    text!(
        "Không đọc được dòng {seq}: dữ liệu đã bị hỏng hoặc bị sửa. Hãy đối chiếu với bản sao lưu.",
        "Entry {seq} cannot be read: damaged or changed. Compare with a backup."
    )
}

pub(super) fn contradicted(seq: u64) -> Text {
    text!(
        "Bảng tra cứu không khớp với dòng {seq} của nhật ký: bảng này đã bị sửa từ bên ngoài. \
         Hãy báo đơn vị quản lý; số liệu gốc vẫn nằm trong dòng {seq}.",
        "The log's table does not say what entry {seq} says: it was changed from outside. \
         Report it; the original is entry {seq}."
    )
}

pub(super) fn no_journal() -> Text {
    text!(
        "Tệp này không phải là nhật ký của loaphuong, cũng không phải là bản xuất của nhật ký. Hãy chọn lại tệp.",
        "This is neither a loaphuong journal nor an export of one. Choose another file."
    )
}

pub(super) fn damaged_tables(detail: &str) -> Text {
    text!(
        "Mọi dòng nhật ký còn nguyên, nhưng bảng tra cứu của tệp bị hỏng ({detail}). Hãy kiểm tra ổ đĩa; khi đang chạy, \
         chương trình tự lập lại nhật ký từ bản ghi thứ hai as-run.jsonl.",
        "Every entry is whole, but the file's tables are damaged ({detail}). Check the disk; while it runs, the program \
         makes the journal anew from its second copy as-run.jsonl."
    )
}

pub(super) fn unreadable_file(detail: &str) -> Text {
    text!(
        "Không đọc được tệp ({detail}). Hãy kiểm tra đường dẫn, quyền đọc và ổ đĩa.",
        "The file cannot be read ({detail}). Check its path, its permissions and the disk."
    )
}

pub(super) fn second_final(seq: u64, id: &str) -> Text {
    text!(
        "Dòng {seq} ghi kết quả lần thứ hai cho lượt phát {id}; mỗi lượt chỉ được có một kết quả. \
         Hãy đối chiếu với bản sao lưu.",
        "Entry {seq} is a second final row of the airing {id}; there may be only one. Compare with a backup."
    )
}

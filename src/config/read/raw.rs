//! The tables of a commune's file as they are typed; the comments of the keys are what editors show to officers. Pure.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "editors show these comments as plain text")]

use jiff::civil::{Date, Time};

use crate::config::read::dated::{
    RawCampaign, RawCampaignSlot, RawExtra, RawHolidays, RawMakeGood, RawMourning, RawQuota,
};
use crate::config::read::day::CronText;
use crate::config::read::level::Gain;
use crate::config::read::named::Language;
use crate::config::read::pc::{
    RawAmplifier, RawEmergency, RawHttp, RawListen, RawOutput, RawPaths, RawStation, StationFile,
};
use crate::config::read::scalar::{Line, Offset, Whole};
use crate::config::read::table::{Keys, table};
use crate::config::read::web::StreamUrl;
use crate::config::read::when::Lasting;
use crate::config::read::{At, FromToml as _, OneOrMany};
use crate::model::calendar::{Holiday, OnHoliday};
use crate::model::id::{Audience, ClipPath, CommuneId, OutputId, QueueId, SlotId, Topic};
use crate::model::outcome::Priority;
use crate::model::station::{ApprovalRule, Order};
use crate::model::time::{DaySpan, Days};

/// Every table by its header, for "this key belongs elsewhere".
pub(crate) const TABLES: &[(&str, &[&str])] = &[
    ("", StationFile::KEYS),
    ("[station]", RawStation::KEYS),
    ("[paths]", RawPaths::KEYS),
    ("[http]", RawHttp::KEYS),
    ("[emergency]", RawEmergency::KEYS),
    ("[[output]]", RawOutput::KEYS),
    ("[output.listen]", RawListen::KEYS),
    ("[output.amplifier]", RawAmplifier::KEYS),
    ("", CommuneFile::KEYS),
    ("[commune]", RawCommune::KEYS),
    ("[hours]", RawHours::KEYS),
    ("[[quota]]", RawQuota::KEYS),
    ("[quota.make_good]", RawMakeGood::KEYS),
    ("[[slot]]", RawSlot::KEYS),
    ("[[campaign]]", RawCampaign::KEYS),
    (RawCampaignSlot::HEADER, RawSlot::KEYS),
    ("[holidays]", RawHolidays::KEYS),
    ("[[holidays.extra]]", RawExtra::KEYS),
    ("[[holidays.mourning]]", RawMourning::KEYS),
    ("[[queue]]", RawQueue::KEYS),
    ("[[clip]]", RawClip::KEYS),
    ("approval = { … }", RawApproval::KEYS),
];

table! {
    /// Lịch phát của một xã, phường, đặc khu.
    CommuneFile, "" {
        /// Xã, phường, đặc khu.
        #[schemars(required)]
        commune: RawCommune,
        /// Giờ được phép phát và căn cứ; không ghi thì là 05:00-21:30.
        hours: RawHours,
        /// Chỉ tiêu phải đạt: mỗi chỉ tiêu một mục [[quota]].
        quota: Vec<At<RawQuota>>,
        /// Khung giờ phát: mỗi khung giờ một mục [[slot]].
        slot: Vec<At<RawSlot>>,
        /// Hàng đợi phát: mỗi hàng đợi một mục [[queue]].
        queue: Vec<At<RawQueue>>,
        /// Thông tin thêm về bài phát: mỗi bài một mục [[clip]]. Không bắt buộc.
        clip: Vec<At<RawClip>>,
        /// Đợt cao điểm, ra quân: mỗi đợt một mục [[campaign]].
        campaign: Vec<At<RawCampaign>>,
        /// Ngày lễ, ngày nghỉ, quốc tang; không ghi thì ngày lễ vẫn phát như ngày thường.
        holidays: RawHolidays,
    }
}

table! {
    /// Xã, phường, đặc khu.
    RawCommune, "[commune]" {
        /// Mã của xã, nằm trong mọi dòng nhật ký; không đổi khi xã đổi tên.
        #[schemars(required)]
        id: CommuneId,
        /// Tên của xã hiện nay.
        #[schemars(required)]
        name: Line,
        /// Đơn vị cấp trên.
        belongs_to: Line,
        /// Phát trên những đầu ra nào: mã của các mục [[output]] trong station.toml.
        #[schemars(required, length(min = 1))]
        outputs: Vec<At<OutputId>>,
        /// Bài phát có phải được duyệt không: optional (không bắt buộc), required (chỉ phát bài đã duyệt); không ghi thì là optional.
        approval: ApprovalRule,
        /// Ghi true nếu lịch cố ý để trống, chưa có khung giờ phát nào.
        empty: bool,
    }
}

table! {
    /// Giờ được phép phát và căn cứ.
    RawHours, "[hours]" {
        /// Các khoảng giờ được phép, ví dụ ["05:00-06:30", "16:30-18:30"].
        #[schemars(length(min = 1))]
        allowed: Vec<At<DaySpan>>,
        /// Văn bản làm căn cứ.
        basis: Line,
        /// Một ngày phát nhiều nhất mấy lượt.
        max_airings_per_day: Whole<1, 1_000>,
        /// Một ngày phát nhiều nhất bao nhiêu phút.
        max_minutes_per_day: Whole<1, 1_440>,
    }
}

table! {
    /// Một khung giờ phát. Ghi days và at, hoặc cron, hoặc holiday và at; ghi topics, hoặc queue, hoặc relay và length.
    RawSlot, "[[slot]]" {
        /// Mã của khung giờ, không trùng trong xã.
        #[schemars(required)]
        id: SlotId,
        /// Tên của khung giờ, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Những ngày phát: T2 … T7, CN, "T2-T6", "all".
        days: OneOrMany<Days>,
        /// Giờ phát: "05:30", hoặc nhiều giờ: ["05:30", "17:00"].
        at: OneOrMany<Time>,
        /// Thay cho days và at: biểu thức cron, thứ trong tuần viết bằng tên (MON … SUN).
        cron: CronText,
        /// Thay cho days: phát vào một ngày lễ hằng năm, dù ngày ấy các khung giờ khác nghỉ.
        holiday: Holiday,
        /// Đi cùng holiday: sau ngày lễ mấy ngày, số âm là trước; từ -60 đến 60, không ghi thì là 0.
        day_offset: Offset,
        /// Chuyên đề: lấy bài lâu chưa phát nhất trong thư mục âm thanh cùng tên.
        #[schemars(length(min = 1))]
        topics: Vec<At<Topic>>,
        /// Thay cho topics: mã của một mục [[queue]].
        queue: QueueId,
        /// Thay cho topics và queue: địa chỉ luồng trực tiếp để tiếp âm, ví dụ "https://…/dai-tinh.mp3".
        relay: StreamUrl,
        /// Đi cùng relay: tiếp âm bao lâu, từ "10s" đến "6h".
        length: Lasting<10_000, 21_600_000>,
        /// Đi cùng relay: mã của mục [[queue]] phát thay khi mất tín hiệu; không ghi thì im lặng.
        fallback_queue: QueueId,
        /// Đi cùng relay: luồng im lặng bao lâu thì coi là mất tín hiệu, từ "3s" đến "5m"; không ghi thì là "15s".
        silence: Lasting<3_000, 300_000>,
        /// Nhiều khung giờ cùng chờ một loa thì khung giờ nào phát trước: normal (thông thường) hoặc priority (ưu tiên).
        priority: Priority,
        /// To hơn hay nhỏ hơn các khung giờ khác, từ -30 đến 6 dB; không ghi thì là 0.
        volume_db: Gain,
        /// Tiếng to dần khi bắt đầu, nhiều nhất "10s"; không ghi thì là "0s".
        fade_in: Lasting<0, 10_000>,
        /// Tiếng nhỏ dần khi hết, nhiều nhất "10s"; không ghi thì là "0s".
        fade_out: Lasting<0, 10_000>,
        /// Được phát muộn nhất bao lâu, nhiều nhất "24h"; không ghi thì là "15m".
        start_within: Lasting<0, 86_400_000>,
        /// Bài dài nhất được phát, nhiều nhất "2h"; không ghi thì bài dài bao nhiêu cũng được, đến 2 giờ.
        max_length: Lasting<1_000, 7_200_000>,
        /// Nhạc hiệu phát trước.
        intro: ClipPath,
        /// Nhạc hiệu phát sau.
        outro: ClipPath,
        /// Ghi false để tạm ngừng khung giờ này.
        enabled: bool,
        /// Riêng khung giờ này, gặp ngày lễ thì: skip (nghỉ), play (vẫn phát), shift (dời sang ngày sau).
        on_holiday: OnHoliday,
    }
}

table! {
    /// Một hàng đợi phát.
    RawQueue, "[[queue]]" {
        /// Mã của hàng đợi, không trùng trong xã.
        #[schemars(required)]
        id: QueueId,
        /// Các chuyên đề: mọi bài trong các thư mục cùng tên.
        topics: Vec<At<Topic>>,
        /// Các bài cụ thể, theo thứ tự này.
        clips: Vec<At<ClipPath>>,
        /// Bài nào phát trước: quota (chuyên đề còn thiếu), least_recent (lâu chưa phát nhất), in_order (lần lượt).
        order: Order,
        /// Bài phát thay khi không bài nào trong hàng đợi phát được.
        fallback: ClipPath,
    }
}

table! {
    /// Thông tin thêm về một bài phát.
    RawClip, "[[clip]]" {
        /// Tệp nào, tính từ thư mục âm thanh.
        #[schemars(required)]
        file: ClipPath,
        /// Tên bài.
        title: Line,
        /// Chuyên đề; không ghi thì là tên thư mục.
        #[schemars(length(min = 1))]
        topics: Vec<At<Topic>>,
        /// Ngôn ngữ: "vi" (tiếng Việt), "hmn" (tiếng Mông) …
        language: Language,
        /// Nhóm đối tượng, ví dụ ["hssv"] (học sinh, sinh viên).
        #[schemars(length(min = 1))]
        audience: Vec<At<Audience>>,
        /// Được phát từ ngày.
        valid_from: Date,
        /// Được phát đến hết ngày.
        valid_until: Date,
        /// Ai duyệt, ngày nào, văn bản nào.
        approval: RawApproval,
        /// Thu hồi: từ ngày này không phát nữa, dù đã duyệt.
        withdrawn: Date,
    }
}

table! {
    /// Duyệt nội dung.
    RawApproval, "approval" like "approval = { by = \"…\", on = 2026-11-02 }" {
        /// Người duyệt.
        #[schemars(required)]
        by: Line,
        /// Ngày duyệt.
        #[schemars(required)]
        on: Date,
        /// Số văn bản.
        document: Line,
    }
}

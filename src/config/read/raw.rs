//! The tables of both files as they are typed; the comments of the keys are what editors show to officers. Pure.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "editors show these comments as plain text")]

use jiff::civil::{Date, Time};

use crate::config::read::dated::{
    RawCampaign, RawCampaignSlot, RawExtra, RawHolidays, RawMakeGood, RawMourning, RawQuota,
};
use crate::config::read::day::CronText;
use crate::config::read::named::{Language, Zone};
use crate::config::read::scalar::{Folder, Level, Line, Offset, Whole, Word};
use crate::config::read::table::{Keys, table};
use crate::config::read::when::Lasting;
use crate::config::read::word::KindWord;
use crate::config::read::{At, FromToml as _, OneOrMany};
use crate::model::calendar::{Holiday, OnHoliday};
use crate::model::id::{Audience, ClipPath, CommuneId, OutputId, QueueId, SlotId, StationId, Topic};
use crate::model::station::{Channel, LoopbackReading, Order};
use crate::model::time::{DaySpan, Days};

/// Every table by its header, for "this key belongs elsewhere".
pub(crate) const TABLES: &[(&str, &[&str])] = &[
    ("", StationFile::KEYS),
    ("[station]", RawStation::KEYS),
    ("[paths]", RawPaths::KEYS),
    ("[http]", RawHttp::KEYS),
    ("[[output]]", RawOutput::KEYS),
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
    /// Máy phát thanh: đầu ra, thư mục, múi giờ. Kỹ thuật viên chỉnh một lần.
    StationFile, "" {
        /// Đài: một máy tính, một nhật ký.
        #[schemars(required)]
        station: RawStation,
        /// Các thư mục, tương đối so với tệp này.
        paths: RawPaths,
        /// Trang xem và tra cứu trên trình duyệt.
        http: RawHttp,
        /// Các đầu ra âm thanh: mỗi đầu ra một mục [[output]].
        #[schemars(required)]
        output: Vec<At<RawOutput>>,
    }
}

table! {
    /// Đài: một máy tính, một nhật ký.
    RawStation, "[station]" {
        /// Mã của đài, nằm trong mọi dòng nhật ký; không đổi sau khi đã phát.
        #[schemars(required)]
        id: StationId,
        /// Tên của đài, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Múi giờ theo tên IANA; không ghi thì là Asia/Ho_Chi_Minh.
        timezone: Zone,
    }
}

table! {
    /// Các thư mục, tương đối so với tệp này.
    RawPaths, "[paths]" {
        /// Thư mục có lịch của từng xã, mỗi xã một tệp; không ghi thì là "communes".
        communes: Folder,
        /// Thư mục âm thanh, mỗi chuyên đề một thư mục con; không ghi thì là "../audio".
        audio: Folder,
        /// Thư mục để chương trình ghi nhật ký; không ghi thì là "../state".
        state: Folder,
    }
}

table! {
    /// Trang xem và tra cứu trên trình duyệt.
    RawHttp, "[http]" {
        /// Địa chỉ và cổng; không ghi thì là 127.0.0.1:8080.
        listen: std::net::SocketAddr,
        /// Xem ngay trên máy này: "open" (không cần mã truy cập) hoặc "token" (luôn cần).
        loopback: LoopbackReading,
    }
}

table! {
    /// Một đầu ra âm thanh: card âm thanh, tệp WAV …
    RawOutput, "[[output]]" {
        /// Mã của đầu ra, dùng trong lịch của xã.
        #[schemars(required)]
        id: OutputId,
        /// Tên của đầu ra, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Loại loa: commune (đài xã), village (loa thôn, khối phố), mobile (lưu động); không ghi thì là commune.
        channel: Channel,
        /// Tiếng đi đâu: auto, device (card âm thanh), wav (ghi tệp), null (không phát); không ghi thì là auto.
        kind: KindWord,
        /// Tên card âm thanh của ALSA, chỉ dùng khi kind = "device".
        device: Word,
        /// Độ lớn của mọi bài phát, từ -40 đến -6 LUFS; không ghi thì là -16.
        volume_lufs: Level,
        /// Im lặng trước tiếng đầu tiên, cho âm ly tỉnh dậy, nhiều nhất "10s"; không ghi thì là "500ms".
        lead_in: Lasting<0, 10_000>,
        /// Bật và tắt âm ly hoặc máy phát FM bằng lệnh.
        amplifier: RawAmplifier,
    }
}

table! {
    /// Bật và tắt âm ly hoặc máy phát FM bằng lệnh.
    RawAmplifier, "[output.amplifier]" {
        /// Lệnh bật: tên chương trình rồi đến các tham số.
        #[schemars(required, length(min = 1))]
        on: Vec<At<Word>>,
        /// Lệnh tắt: tên chương trình rồi đến các tham số.
        #[schemars(required, length(min = 1))]
        off: Vec<At<Word>>,
        /// Chờ bao lâu sau khi bật, nhiều nhất "2m"; không ghi thì là "0s".
        warm_up: Lasting<0, 120_000>,
    }
}

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
    /// Một khung giờ phát. Ghi days và at, hoặc cron, hoặc holiday và at; ghi topics, hoặc queue.
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

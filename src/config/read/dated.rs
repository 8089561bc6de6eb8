//! What a commune promises and what changes its schedule on certain days, as typed: quotas, campaigns, holidays. Pure.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "editors show these comments as plain text")]

use jiff::civil::{Date, Time};
use schemars::{Schema, SchemaGenerator};
use toml::de::DeValue;

use crate::config::findings::Findings;
use crate::config::read::raw::RawSlot;
use crate::config::read::scalar::{ClosingDay, Line, Whole};
use crate::config::read::share::Shares;
use crate::config::read::table::table;
use crate::config::read::word::PeriodWord;
use crate::config::read::{At, FromToml, OneOrMany};
use crate::config::source::Span;
use crate::model::calendar::{Calendar, InMourning, OnHoliday};
use crate::model::id::{CampaignId, QuotaId, SlotId};
use crate::model::quota::{Count, PartialPeriod};
use crate::model::station::Channel;

table! {
    /// Một chỉ tiêu: mỗi kỳ ít nhất bấy nhiêu lượt phát.
    RawQuota, "[[quota]]" {
        /// Mã của chỉ tiêu, không trùng trong xã; không đổi sau khi đã phát.
        #[schemars(required)]
        id: QuotaId,
        /// Tên của chỉ tiêu, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Văn bản giao chỉ tiêu.
        basis: Line,
        /// Tính từ ngày.
        from: Date,
        /// Tính đến hết ngày.
        until: Date,
        /// Kỳ tính: day (ngày), week (tuần, từ thứ Hai), month (tháng), quarter (quý), year (năm), plan (cả kế hoạch, từ from đến until).
        #[schemars(required)]
        period: PeriodWord,
        /// Mỗi kỳ ít nhất mấy lượt.
        #[schemars(required)]
        airings: Whole<1, 10_000>,
        /// Trong đó ít nhất mấy lượt về từng chuyên đề, tiếng dân tộc, nhóm đối tượng.
        at_least: Shares,
        /// Tính lượt trên loại loa nào: commune (đài xã), village (loa thôn, khối phố), mobile (lưu động); không ghi thì là commune.
        channel: Channel,
        /// Kỳ đầu và kỳ cuối không trọn thì: full (đòi đủ), pro_rata (theo số ngày), exempt (miễn); không ghi thì là full.
        partial_period: PartialPeriod,
        /// Đếm gì: airings (lượt phát) hoặc clips (bài phát); không ghi thì là airings.
        count: Count,
        /// Kỳ báo cáo chốt vào ngày mấy, từ 1 đến 28, khi kỳ là tháng, quý, năm; không ghi thì là ngày cuối tháng.
        closing_day: ClosingDay,
        /// Lượt hỏng được phát bù trong cùng kỳ; không ghi thì không phát bù.
        make_good: RawMakeGood,
    }
}

table! {
    /// Phát bù lượt hỏng trong cùng kỳ.
    RawMakeGood, "[quota.make_good]" {
        /// Những giờ được phát bù, giờ nên dùng trước viết trước: ["17:30", "11:15"].
        #[schemars(required)]
        at: OneOrMany<Time>,
        /// Một ngày phát bù nhiều nhất mấy lượt; không ghi thì là 1.
        max_per_day: Whole<1, 24>,
    }
}

table! {
    /// Một đợt cao điểm, ra quân: thêm hoặc thay khung giờ phát rồi tự hết.
    RawCampaign, "[[campaign]]" {
        /// Mã của đợt, không trùng trong xã.
        #[schemars(required)]
        id: CampaignId,
        /// Tên của đợt, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Từ ngày.
        #[schemars(required)]
        from: Date,
        /// Đến hết ngày.
        #[schemars(required)]
        until: Date,
        /// Mã những khung giờ thường nghỉ trong đợt.
        replaces: Vec<At<SlotId>>,
        /// Khung giờ phát thêm trong đợt: mỗi khung giờ một mục [[campaign.slot]].
        slot: Vec<At<RawCampaignSlot>>,
    }
}

/// A slot of a campaign: as any other, below a header of its own; its name may be the campaign's.
#[derive(Debug, Clone)]
pub(crate) struct RawCampaignSlot(pub(crate) RawSlot);

impl FromToml for RawCampaignSlot {
    const EXAMPLE: &'static str = "[[campaign.slot]]";
    const HEADER: &'static str = "[[campaign.slot]]";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        RawSlot::read_below((Self::HEADER, Self::EXAMPLE), value, span, to).map(Self)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = RawSlot::schema(generator);
        if let Some(serde_json::Value::Array(required)) = schema.get_mut("required") {
            required.retain(|key| key != "name");
        }
        schema
    }
}

table! {
    /// Ngày lễ, ngày nghỉ, quốc tang.
    RawHolidays, "[holidays]" {
        /// Ngày lễ có sẵn: vietnam (cả âm lịch) hoặc none (không có); không ghi thì là vietnam.
        calendar: Calendar,
        /// Gặp ngày lễ thì: skip (nghỉ), play (vẫn phát), shift (dời sang ngày sau); không ghi thì là skip.
        on_holiday: OnHoliday,
        /// Ngày nghỉ bù, ngày lễ riêng: mỗi ngày một mục [[holidays.extra]].
        extra: Vec<At<RawExtra>>,
        /// Quốc tang, ngày tang: mỗi lần một mục [[holidays.mourning]].
        mourning: Vec<At<RawMourning>>,
    }
}

table! {
    /// Một ngày, hoặc mấy ngày liền, ngoài các ngày lễ có sẵn. Ghi date, hoặc from và until.
    RawExtra, "[[holidays.extra]]" {
        /// Ngày nào.
        date: Date,
        /// Thay cho date: từ ngày.
        from: Date,
        /// Thay cho date: đến hết ngày.
        until: Date,
        /// Tên của ngày, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Ngày ấy thì: skip (nghỉ), play (vẫn phát), shift (dời sang ngày sau); không ghi thì như on_holiday.
        action: OnHoliday,
    }
}

table! {
    /// Những ngày tang, quốc tang. Ghi from và until, hoặc date.
    RawMourning, "[[holidays.mourning]]" {
        /// Từ ngày.
        from: Date,
        /// Đến hết ngày.
        until: Date,
        /// Thay cho from và until: chỉ một ngày.
        date: Date,
        /// Tên, để người đọc.
        #[schemars(required)]
        name: Line,
        /// skip (không phát) hoặc without_music (phát, không có nhạc hiệu); không ghi thì là skip.
        action: InMourning,
    }
}

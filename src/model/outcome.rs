//! How an airing ends: the closed sets of outcome, reason, kind and priority, with their words. Pure.

use serde::{Deserialize, Serialize};

use crate::model::text::Text;

/// An enum whose members have a code (TOML, journal, API) and a label (people), and which nobody extends at run time.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $vi:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every member, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in TOML, journal, API and command line.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The words that people read.
            #[must_use]
            pub fn label(self) -> Text {
                match self { $(Self::$variant => Text::new($vi, $en)),+ }
            }

            /// The member with this code, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|m| m.code() == code)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(crate) use closed_set;

closed_set! {
    /// How an occurrence ended: exactly one of six.
    Outcome {
        /// Whole, by the right device, at a plausible rate.
        Aired = "aired", "Đã phát", "Aired";
        /// Begun and not brought to its end.
        Partial = "partial", "Bị ngắt", "Cut short";
        /// A failure: it was due and did not begin.
        Missed = "missed", "Bỏ lỡ", "Missed";
        /// A rule's decision.
        Skipped = "skipped", "Không phát theo quy định", "Skipped by rule";
        /// A person's decision.
        Cancelled = "cancelled", "Đã hủy", "Cancelled";
        /// It ran, but nothing proves that it was heard.
        Unproven = "unproven", "Chưa chứng minh được có tiếng", "Unproven";
    }
}

closed_set! {
    /// Why it did not end as `aired`.
    Reason {
        /// The PC was without power, or was started anew.
        Power = "power", "mất điện hoặc máy khởi động lại", "power cut or restart of the PC";
        /// The program ended unexpectedly.
        Process = "process", "chương trình dừng đột ngột", "the program stopped unexpectedly";
        /// The clock could not be trusted.
        ClockUntrusted = "clock_untrusted", "đồng hồ máy không đáng tin cậy", "the clock cannot be trusted";
        /// The clock was set past the slot.
        ClockJump = "clock_jump", "đồng hồ máy bị chỉnh qua giờ phát", "the clock was set past the slot";
        /// Not ready to begin within `start_within`.
        TooLate = "too_late", "quá giờ được phép bắt đầu", "too late to start";
        /// No sound card.
        DeviceAbsent = "device_absent", "không thấy card âm thanh", "no sound card";
        /// The sound card takes no samples.
        DeviceStalled = "device_stalled", "card âm thanh không nhận tiếng", "the sound card is stuck";
        /// The sound card takes samples faster or slower than time passes.
        DeviceImplausible = "device_implausible", "card âm thanh chạy sai tốc độ", "the sound card ran at a wrong speed";
        /// The sound went to another device.
        DeviceRerouted = "device_rerouted", "tiếng bị chuyển sang thiết bị khác", "sound went to another device";
        /// Muted, or volume at zero.
        DeviceMuted = "device_muted", "âm lượng đang tắt", "muted";
        /// What was delivered was silence.
        Silent = "silent", "phát ra toàn im lặng", "delivered silence";
        /// The file is not there.
        ClipMissing = "clip_missing", "không thấy tệp âm thanh", "the audio file is missing";
        /// The file cannot be decoded whole.
        ClipCorrupt = "clip_corrupt", "tệp âm thanh bị hỏng", "the audio file is damaged";
        /// The file ended before its length.
        ClipShort = "clip_short", "tệp âm thanh bị cụt", "the audio file is cut short";
        /// Not approved.
        ClipUnapproved = "clip_unapproved", "bản tin chưa được duyệt", "the clip is not approved";
        /// Past its last day.
        ClipExpired = "clip_expired", "bản tin hết hạn sử dụng", "the clip has expired";
        /// The queue holds nothing that may air.
        NothingToPlay = "nothing_to_play", "không có bản tin nào để phát", "nothing to play";
        /// The relayed stream was lost.
        RelayLost = "relay_lost", "mất tín hiệu tiếp âm", "the relayed stream was lost";
        /// No room on the disk.
        DiskFull = "disk_full", "đầy ổ đĩa", "the disk is full";
        /// The disk refuses to write.
        StorageFault = "storage_fault", "ổ đĩa không ghi được", "the disk cannot be written";
        /// Something of a higher priority took the output.
        Preempted = "preempted", "nhường cho nội dung ưu tiên hơn", "pre-empted";
        /// Another airing held the output until it was too late.
        Overlap = "overlap", "trùng giờ với lượt phát khác", "overlaps another airing";
        /// Outside the permitted hours.
        QuietHours = "quiet_hours", "ngoài giờ được phép phát", "outside the permitted hours";
        /// The day's limit was reached.
        DayLimit = "day_limit", "đã đủ số lượt hoặc số phút trong ngày", "the day's limit is reached";
        /// A holiday.
        Holiday = "holiday", "ngày nghỉ lễ", "holiday";
        /// State mourning.
        Mourning = "mourning", "quốc tang", "state mourning";
        /// A campaign took its place.
        Campaign = "campaign", "đợt cao điểm thay thế", "replaced by a campaign";
        /// Switched off in the schedule.
        Disabled = "disabled", "khung giờ đang tắt", "switched off in the schedule";
        /// A person stopped it.
        ByOperator = "by_operator", "người trực dừng", "stopped by the operator";
    }
}

closed_set! {
    /// What called for the airing.
    Kind {
        /// A slot of the schedule.
        Scheduled = "scheduled", "Theo lịch", "Scheduled";
        /// A slot of a campaign.
        Campaign = "campaign", "Đợt cao điểm", "Campaign";
        /// A replacement for a lost airing.
        MakeGood = "make_good", "Phát bù", "Make-good";
        /// An emergency message.
        Emergency = "emergency", "Khẩn cấp", "Emergency";
        /// A person pressed play.
        Manual = "manual", "Phát tay", "Manual";
        /// A live stream.
        Relay = "relay", "Tiếp âm", "Relay";
        /// To hear that sound works; never counted.
        Trial = "trial", "Phát thử", "Trial";
    }
}

closed_set! {
    /// The three classes of Circular 39/2020, lowest first.
    Priority {
        /// *Thông thường*.
        Normal = "normal", "Thông thường", "Normal";
        /// *Ưu tiên*: first inside the programme.
        Priority = "priority", "Ưu tiên", "Priority";
        /// *Khẩn cấp*: at once.
        Emergency = "emergency", "Khẩn cấp", "Emergency";
    }
}

impl Outcome {
    /// The best that any output did is what residents heard: how good this is, 5 the best.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Aired => 5,
            Self::Partial => 4,
            Self::Unproven => 3,
            Self::Cancelled => 2,
            Self::Skipped => 1,
            Self::Missed => 0,
        }
    }
}

impl Kind {
    /// Did the schedule call for it, and no person? Such airings share the day's limits, and can count for a quota.
    #[must_use]
    pub fn by_schedule(self) -> bool {
        match self {
            Self::Scheduled | Self::Campaign | Self::MakeGood => true,
            Self::Emergency | Self::Manual | Self::Relay | Self::Trial => false,
        }
    }
}

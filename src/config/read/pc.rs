//! The tables of `station.toml` as they are typed; the comments of the keys are what editors show. Pure.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "editors show these comments as plain text")]

use crate::config::read::At;
use crate::config::read::level::{Level, Likeness, NightLevel};
use crate::config::read::named::Zone;
use crate::config::read::scalar::{Device, Folder, Line, Sink, User, Whole, Word};
use crate::config::read::table::table;
use crate::config::read::web::{MountUrl, Password};
use crate::config::read::when::Lasting;
use crate::config::read::word::KindWord;
use crate::model::id::{OutputId, StationId};
use crate::model::station::{Channel, LoopbackReading};
use crate::model::time::DaySpan;

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
        /// Phát khẩn cấp.
        emergency: RawEmergency,
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
    /// Phát khẩn cấp.
    RawEmergency, "[emergency]" {
        /// Bản tin khẩn cấp không ai dừng thì tự hết sau bao lâu, từ "10s" đến "6h"; không ghi thì là "30m".
        longest: Lasting<10_000, 21_600_000>,
    }
}

table! {
    /// Một đầu ra âm thanh: card âm thanh, tệp WAV, máy chủ Icecast …
    RawOutput, "[[output]]" {
        /// Mã của đầu ra, dùng trong lịch của xã.
        #[schemars(required)]
        id: OutputId,
        /// Tên của đầu ra, để người đọc.
        #[schemars(required)]
        name: Line,
        /// Loại loa: commune (đài xã), village (loa thôn, khối phố), mobile (lưu động); không ghi thì là commune.
        channel: Channel,
        /// Tiếng đi đâu: auto, device (card âm thanh), wav (ghi tệp), null (không phát), icecast (phát lên mạng); không ghi thì là auto.
        kind: KindWord,
        /// Tên card âm thanh của ALSA, chỉ dùng khi kind = "device".
        device: Device,
        /// Tên sink đúng trên máy chủ âm thanh (PulseAudio, PipeWire): tiếng sang sink khác là báo lỗi.
        sink: Sink,
        /// Khi kind = "icecast": địa chỉ phát lên, ví dụ "http://127.0.0.1:8000/xa.opus".
        url: MountUrl,
        /// Khi kind = "icecast": tên nguồn phát; không ghi thì là "source".
        user: User,
        /// Khi kind = "icecast": mật khẩu của nguồn phát.
        password: Password,
        /// Khi kind = "icecast": kilobit một giây, từ 16 đến 256; không ghi thì là 64.
        bitrate: Whole<16, 256>,
        /// Độ lớn của mọi bài phát, từ -40 đến -6 LUFS; không ghi thì là -16.
        volume_lufs: Level,
        /// Ban đêm không to quá mức này, từ -60 đến -6 LUFS; bản tin khẩn cấp không bị hạn chế.
        night_volume_lufs: NightLevel,
        /// Ban đêm là những giờ nào, đi cùng night_volume_lufs; không ghi thì là ["21:00-24:00", "00:00-06:00"].
        #[schemars(length(min = 1))]
        night: Vec<At<DaySpan>>,
        /// Im lặng trước tiếng đầu tiên, cho âm ly tỉnh dậy, nhiều nhất "10s"; không ghi thì là "500ms".
        lead_in: Lasting<0, 10_000>,
        /// Phát tiếng thử bao lâu trước lượt đầu tiên trong ngày, từ "1m" đến "2h"; không ghi thì không phát thử.
        test_before: Lasting<60_000, 7_200_000>,
        /// Thiết bị nghe lại tiếng của đầu ra này: không ghi âm, chỉ so độ to nhỏ.
        listen: RawListen,
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
    /// Thiết bị nghe lại tiếng của đầu ra này: không ghi âm, chỉ so độ to nhỏ.
    RawListen, "[output.listen]" {
        /// Tên thiết bị thu của ALSA; không ghi thì là thiết bị thu mặc định.
        device: Device,
        /// Giống đến mức nào thì coi là đã nghe thấy, từ 0.1 đến 1; không ghi thì là 0.4.
        at_least: Likeness,
    }
}

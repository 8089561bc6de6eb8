//! Identifiers and clip paths in TOML. Pure.

use std::str::FromStr;

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::id::{
    Audience, CampaignId, ClipPath, CommuneId, IdError, OutputId, QueueId, QuotaId, SlotId, StationId, Topic,
};
use crate::text;

/// Words that stand in the place of a slot in the ids of airings that no slot planned.
const RESERVED_SLOTS: &[&str] = &["campaign", "emergency", "make-good", "manual", "relay", "scheduled", "trial"];

macro_rules! ids {
    ($($id:ty = $example:literal,)*) => { $(
        impl FromToml for $id {
            const EXAMPLE: &'static str = $example;

            fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
                read_slug(value, span, $example, to)
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "maxLength": 64, "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" })
            }
        }
    )* };
}

ids! {
    StationId = "\"an-xuan-01\"",
    CommuneId = "\"an-xuan\"",
    QueueId = "\"bhyt\"",
    OutputId = "\"loa-phuong\"",
    QuotaId = "\"diem-sang\"",
    CampaignId = "\"cao-diem\"",
    Audience = "\"hssv\"",
    Topic = "\"bhxh-tu-nguyen\"",
}

impl FromToml for SlotId {
    const EXAMPLE: &'static str = "\"sang\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let id: Self = read_slug(value, span, Self::EXAMPLE, to)?;
        if !RESERVED_SLOTS.contains(&id.as_str()) {
            return Some(id);
        }
        to.add(
            "reserved",
            span,
            text!(
                "Mã \"{id}\" dành riêng cho chương trình, không đặt cho khung giờ được.",
                "The id \"{id}\" is reserved for the program."
            ),
            text!("Đặt mã khác, ví dụ \"{id}-1\".", "Choose another, such as \"{id}-1\"."),
        );
        None
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        QueueId::schema(generator)
    }
}

fn read_slug<T: FromStr<Err = IdError>>(
    value: &DeValue<'_>,
    span: &Span,
    example: &str,
    to: &mut Findings<'_>,
) -> Option<T> {
    let typed = text_of(value, span, example, to)?;
    let error = match typed.parse() {
        Ok(id) => return Some(id),
        Err(error) => error,
    };
    let shown = quoted(typed);
    let message = match error {
        IdError::Empty => text!("Mã đang để trống.", "The id is empty."),
        IdError::TooLong => text!("Mã \"{shown}\" dài quá 64 chữ.", "The id \"{shown}\" is longer than 64 characters."),
        IdError::BadCharacter | IdError::Outside => text!(
            "Mã \"{shown}\" chỉ được gồm chữ thường không dấu a-z, số 0-9 và dấu gạch nối ở giữa.",
            "The id \"{shown}\" may only have a-z, 0-9 and hyphens inside."
        ),
    };
    let meant = suggest::slug(typed).map_or_else(|| example.to_owned(), |slug| format!("\"{slug}\""));
    to.add("bad_id", span, message, text!("Viết là {meant}.", "Write {meant}."));
    None
}

impl FromToml for ClipPath {
    const EXAMPLE: &'static str = "\"bhxh-tu-nguyen/loi-ich.mp3\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if typed.len() <= 1_000
            && !typed.contains(char::is_control)
            && let Ok(path) = typed.parse()
        {
            return Some(path);
        }
        let shown = quoted(typed);
        let tail = typed.replace('\\', "/");
        let mut tail: Vec<_> = tail.rsplit('/').filter(|p| !p.is_empty() && *p != "." && *p != "..").take(2).collect();
        tail.reverse();
        let meant = quoted(&tail.join("/"));
        let remedy = if meant.is_empty() {
            let example = Self::EXAMPLE;
            text!("Viết như ví dụ này: {example}", "Write it like this example: {example}")
        } else {
            text!(
                "Chép tệp vào thư mục âm thanh rồi viết: \"{meant}\"",
                "Copy the file into the audio folder and write: \"{meant}\""
            )
        };
        let message = text!(
            "\"{shown}\" không phải là đường dẫn bên trong thư mục âm thanh (tên thư mục/tên tệp).",
            "\"{shown}\" is not a path inside the audio folder (folder/file)."
        );
        to.add("bad_path", span, message, remedy);
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "pattern": "^[^/\\\\][^\\\\]*$" })
    }
}

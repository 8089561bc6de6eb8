//! Loudness, gain and likeness in TOML: decimal numbers between two limits. Pure.

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::Findings;
use crate::config::read::{FromToml, wrong_type};
use crate::config::source::Span;
use crate::model::text::Text;
use crate::model::units::{Decibel, Lufs};
use crate::text;

macro_rules! decimals {
    ($($(#[$doc:meta])* $name:ident($of:expr => $inner:ty), $min:literal..=$max:literal, $example:literal, $wrong:expr, $remedy:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name(pub(crate) $inner);

        impl FromToml for $name {
            const EXAMPLE: &'static str = $example;

            fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
                let typed = decimal(value, span, $example, to)?;
                if ($min..=$max).contains(&typed) {
                    return Some(Self($of(typed)));
                }
                let (message, remedy): (Text, Text) = ($wrong, $remedy);
                to.add("out_of_range", span, message, remedy);
                None
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "number", "minimum": $min, "maximum": $max })
            }
        }
    )* };
}

decimals! {
    /// A loudness that clips can be brought to.
    Level(Lufs => Lufs), -40.0..=-6.0, "-16.0",
        text!("Độ lớn phải từ -40 đến -6 LUFS.", "The loudness must be between -40 and -6 LUFS."),
        text!("Thường dùng: -16.0. Muốn to hơn thì vặn âm ly.", "Usual: -16.0. For more, turn up the amplifier.");
    /// A ceiling on the loudness at night.
    NightLevel(Lufs => Lufs), -60.0..=-6.0, "-24.0",
        text!("Độ lớn ban đêm phải từ -60 đến -6 LUFS.", "The loudness at night must be between -60 and -6 LUFS."),
        text!("Thường dùng: -24.0, nhỏ hơn volume_lufs.", "Usual: -24.0, below volume_lufs.");
    /// Louder or softer than the output's volume.
    Gain(Decibel => Decibel), -30.0..=6.0, "-3.0",
        text!("Chỉ được thêm bớt từ -30 đến 6 dB.", "The change must be between -30 and 6 dB."),
        text!("Nhỏ đi một chút: -3.0. Muốn to hơn nhiều thì tăng volume_lufs của đầu ra.", "A little softer: -3.0. For much more, raise the output's volume_lufs.");
    /// How much alike two sounds are.
    Likeness(std::convert::identity => f64), 0.1..=1.0, "0.4",
        text!("Mức giống nhau phải từ 0.1 đến 1.", "The likeness must be between 0.1 and 1."),
        text!("Thường dùng: 0.4. Mi-crô đặt xa loa thì ghi nhỏ hơn.", "Usual: 0.4. Less for a microphone far from the loudspeaker.");
}

/// A number, with or without a decimal point.
fn decimal(value: &DeValue<'_>, span: &Span, example: &str, to: &mut Findings<'_>) -> Option<f64> {
    let typed = match value {
        // What does not fit is out of every range.
        DeValue::Integer(n) => i32::from_str_radix(n.as_str(), n.radix()).map_or(f64::MAX, f64::from),
        DeValue::Float(n) => n.as_str().parse().unwrap_or(f64::NAN),
        other => {
            let quoted = other.as_str().filter(|text| text.parse::<f64>().is_ok_and(f64::is_finite));
            let wanted = text!("số, không có dấu nháy", "a number, without quotes");
            wrong_type(other, span, &wanted, quoted.unwrap_or(example), to);
            return None;
        }
    };
    Some(typed)
}

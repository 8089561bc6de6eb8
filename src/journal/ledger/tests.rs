//! What is packed comes back, and what is cut or changed is no number and no text.

use super::pack::{Packed, Unreadable, put_number, put_option, put_text};

#[test]
fn numbers_and_texts_come_back() {
    let numbers = [0, 1, 127, 128, 16_383, 16_384, 1_763_850_600_000, u64::MAX - 1, u64::MAX, (-1_i64).cast_unsigned()];
    let texts = ["", "an-xuan/sang@2026-11-23T05:30", "đã phát"];
    let mut packed = Vec::new();
    for n in numbers {
        put_number(&mut packed, n);
    }
    for text in texts {
        put_text(&mut packed, text);
        put_option(&mut packed, Some(text));
        put_option(&mut packed, None);
    }
    let mut rest = Packed(&packed);
    assert_eq!(numbers.map(|_| rest.number()), numbers.map(Ok));
    for text in texts {
        assert_eq!((rest.text(), rest.option(), rest.option()), (Ok(text), Ok(Some(text)), Ok(None)));
    }
    assert!(rest.is_empty());
}

#[test]
fn what_is_cut_or_changed_is_unreadable() {
    let check = |bytes: &[u8]| {
        let (mut number, mut text, mut option) = (Packed(bytes), Packed(bytes), Packed(bytes));
        (number.number().is_err(), text.text().is_err(), option.option().is_err())
    };
    assert_eq!(check(&[]), (true, true, true));
    assert_eq!(check(&[0x80]), (true, true, true));
    assert_eq!(check(&[0xff; 12]), (true, true, true), "longer than any number");
    assert_eq!(check(&[3, b'a', b'b']), (false, true, false), "shorter than it says");
    assert_eq!(check(&[2, 0xc4, 0x20]), (false, true, true), "no text");
    assert_eq!(Packed(&[4, b'a']).text(), Err(Unreadable));
}

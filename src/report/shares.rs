//! Parts of a quota as people read them. Pure.

use crate::model::compliance::{Assessment, ShareAssessment};
use crate::model::quota::Share;
use crate::model::text::Text;
use crate::text;

/// What a share is about, as it may stand in a sentence.
#[must_use]
pub fn share_words(share: &Share) -> Text {
    match share {
        Share::Topic(topic) => text!("{topic}", "{topic}"),
        Share::Language(tag) => text!("tiếng {tag}", "language {tag}"),
        Share::Audience(group) => text!("đối tượng {group}", "audience {group}"),
    }
}

/// "bhxh-tu-nguyen 1/2; tiếng hmn 0/1"; empty where the quota has no shares.
#[must_use]
pub fn share_list(assessment: &Assessment) -> Text {
    let one = |s: &ShareAssessment| {
        let (words, aired, required) = (share_words(&s.share), s.aired, s.required);
        Text::new(format!("{} {aired}/{required}", words.vi), format!("{} {aired}/{required}", words.en))
    };
    let all: Vec<Text> = assessment.at_least.iter().map(one).collect();
    let join = |word: fn(&Text) -> &str| all.iter().map(word).collect::<Vec<_>>().join("; ");
    Text::new(join(|t| &t.vi), join(|t| &t.en))
}

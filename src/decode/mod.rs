//! Audio files → samples, with symphonia; shared by `library` and `player`. Effects: reads files.

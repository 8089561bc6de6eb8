//! What happened, on disk, for decades: SQLite, hash chain, migrations, queries. Effects.

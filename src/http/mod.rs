//! The HTTP service: API, first page, tokens, limits. Effects.

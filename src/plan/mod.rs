//! Which occurrences exist on a day, whether they may air, which clip each gets. Pure.

"""Holds the rows against the schedule: a row for each occurrence, an occurrence for each row, the plain reasons."""

from datetime import timedelta

import schedule
from journal import COUNTING_KINDS

# The rules of the closed set of reasons: with them a row is `skipped`, with any other it is not.
RULES = {"disabled", "campaign", "mourning", "holiday", "quiet_hours", "day_limit"}
# A clip may be this long, so an occurrence may be on air until so long after its latest start.
LONGEST = timedelta(hours=2)


def faults(station, journal, end):
    """All that rows and schedule disagree on; `end` is when the journal's reach ends."""
    found = []
    for commune in station.communes:
        rows = [row for row in journal.rows if row.commune == commune.id]
        first = journal.began.astimezone(station.zone).date()
        last = end.astimezone(station.zone).date()
        wanted = {o.id: o for o in schedule.occurrences(commune, first, last)}
        there = {row.id: row for row in rows if row.kind in ("scheduled", "campaign")}
        for identifier, occurrence in wanted.items():
            at = occurrence.instant(station.zone)
            if identifier in there:
                found += [f"{identifier}: {text}" for text in same(commune, occurrence, there[identifier], at)]
            elif journal.began <= at and at + timedelta(seconds=occurrence.slot.start_within) + LONGEST < end:
                found.append(f"{identifier}: the schedule calls for it, and it has no row")
        found += [f"{row.id}: has a row, and no slot calls for it" for row in there.values() if row.id not in wanted]
        found += [text for row in rows for text in kinds_of_reason(row)]
        found += day_limits(commune, rows)
    return found


def same(commune, occurrence, row, at):
    """The row of an occurrence."""
    slot, data, found = occurrence.slot, row.data, []
    for key, wanted in (
        ("kind", "campaign" if slot.campaign else "scheduled"),
        ("campaign", slot.campaign),
        ("slot", slot.id),
        ("moved_from", occurrence.moved_from),
        ("makes_good_for", None),
    ):
        if data.get(key) != wanted:
            found.append(f"{key} is {data.get(key)!r}, should be {wanted!r}")
    if row.planned_at != at:
        found.append(f"planned_at is {data['planned_at']}, should be {at.isoformat()}")
    said = data["reason"] if data["outcome"] == "skipped" and data["reason"] != "day_limit" else None
    waited = said == "quiet_hours" and occurrence.rule is None and ran_out_of_hours(commune, occurrence, row)
    if said != occurrence.rule and not waited:
        wanted = f"skipped for {occurrence.rule}" if occurrence.rule else "not skipped"
        found.append(f"is {data['outcome']} for {data['reason']}, should be {wanted}")
    return found


def ran_out_of_hours(commune, occurrence, row):
    """Did it wait, for a card or behind another, until the permitted hours were over, while it could still have begun?"""
    local = row.settled_at.time()
    latest = row.planned_at + timedelta(seconds=occurrence.slot.start_within + 1)
    return row.planned_at < row.settled_at <= latest and not commune.permits(local)


def kinds_of_reason(row):
    """`skipped` is a rule's decision, nothing else is."""
    outcome, reason = row.data["outcome"], row.data["reason"]
    if (outcome == "skipped") != (reason in RULES):
        return [f"{row.id}: is {outcome} for {reason}"]
    return []


def day_limits(commune, rows):
    """Not more in a day than permitted, and nothing skipped for the day's limit where it was not reached."""
    found, days = [], {}
    for row in rows:
        if row.kind in COUNTING_KINDS:
            days.setdefault(row.day, []).append(row)
    for day, its in sorted(days.items()):
        begun = [row for row in its if row.data["started_at"]]
        if commune.max_airings is not None and len(begun) > commune.max_airings:
            found.append(f"{commune.id} {day}: {len(begun)} airings, {commune.max_airings} at the most")
        minutes = sum(max(output["played_s"] for output in row.data["outputs"]) for row in begun) / 60
        if commune.max_minutes is not None and minutes > commune.max_minutes:
            found.append(f"{commune.id} {day}: {minutes:.1f} minutes, {commune.max_minutes} at the most")
        for row in its:
            if row.data["reason"] == "day_limit" and commune.max_minutes is None:
                others = sum(other.data["outcome"] != "skipped" for other in its)
                if commune.max_airings is None or others < commune.max_airings:
                    found.append(f"{row.id}: is skipped for day_limit, and the limit was not reached")
    return found

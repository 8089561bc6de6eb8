#!/usr/bin/env python3
"""Makes the golden files of this folder, by other means than the program: Python's own zone arithmetic.

Each file is a year in one zone: what was asked (zone, slots, span), how many occurrences there are and the sum of their
Unix seconds, then every occurrence of the three days around each change of the clocks. Past years only: their rules
no longer change. Run it here, without arguments; the files are to stay the same.
"""
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

YEARS = [
    ("Europe/Dublin", 2025),
    ("America/New_York", 2025),
    ("Australia/Lord_Howe", 2025),
    ("Africa/Cairo", 2025),
    ("America/Santiago", 2025),
    ("America/Sao_Paulo", 2018),
    ("Pacific/Apia", 2011),
    ("Asia/Ho_Chi_Minh", 2025),
]
NIGHT = "00:00 00:15 00:30 00:59 01:00 01:30 01:45 02:00 02:15 02:30 02:45 03:00 05:30 23:00 23:30 23:59".split()
SLOTS = [("dem", range(7), NIGHT), ("khuya", [5, 6], ["02:15", "23:15", "23:45"])]  # Monday is 0
UTC = timezone.utc


def place(local, zone):
    """The point in time and how it was found: the first moment after a gap, the first time of a fold."""
    before, after = (local.replace(tzinfo=zone, fold=f).utcoffset() for f in (0, 1))
    if before == after:
        return (local - before).replace(tzinfo=UTC), "exact"
    if before > after:
        return (local - before).replace(tzinfo=UTC), "first_of_fold"
    low, high = ((local - o).replace(tzinfo=UTC) for o in (after, before))
    while high - low > timedelta(seconds=1):  # low is before the jump, high after
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0), "after_gap"


def changes(zone, first, last):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    noon = lambda d: datetime(d.year, d.month, d.day, 12, tzinfo=UTC).astimezone(zone)
    return {noon(b).date() for a, b in zip(days, days[1:]) if noon(a).utcoffset() != noon(b).utcoffset()}


def golden(name, year):
    zone = ZoneInfo(name)
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    day, found = date(year - 1, 12, 30), []
    while day <= date(year + 1, 1, 2):
        for order, (slot, days, times) in enumerate(SLOTS):
            for time in times if day.weekday() in days else []:
                local = datetime.fromisoformat(f"{day}T{time}")
                at, how = place(local, zone)
                if start <= at < end:
                    found.append((at, order, local, slot, how))
        day += timedelta(days=1)
    found.sort()
    near = {c + timedelta(days=n) for c in changes(zone, date(year, 1, 1), date(year, 12, 31)) for n in (-1, 0, 1)}
    lines = [f"zone {name}", f"from {start:%Y-%m-%dT%H:%M:%SZ}", f"until {end:%Y-%m-%dT%H:%M:%SZ}"]
    for slot, days, times in SLOTS:
        lines.append(f"slot {slot} {','.join('mon tue wed thu fri sat sun'.split()[d] for d in days)} {' '.join(times)}")
    lines += [f"count {len(found)}", f"sum {sum(int(f[0].timestamp()) for f in found)}"]
    for at, _, local, slot, how in found:
        if how != "exact" or local.date() in near:
            lines.append(f"{slot}@{local:%Y-%m-%dT%H:%M} {at:%Y-%m-%dT%H:%M:%SZ} {how}")
    return "\n".join(lines) + "\n"


for name, year in YEARS:
    file = Path(__file__).parent / f"{name.split('/')[1].lower().replace('_', '-')}-{year}.txt"
    file.write_text(golden(name, year), encoding="utf-8")

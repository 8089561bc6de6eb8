"""Places that should have held a make-good, told only where the documents leave no doubt.

Something was lost for a quota, more was missing than the rest of the schedule could bring, a place was free on a day
without a fault, and nobody was sent there.
"""

from datetime import datetime, time, timedelta, timezone

import periods
import schedule
import verdicts
from journal import COUNTING_KINDS

# Everything must have been decided so long before, and nothing else be so near.
EARLY, APART = timedelta(hours=1), timedelta(minutes=10)
DAY = timedelta(days=1)


def faults(station, rows, outages, end):
    """All such places until `end`. `outages`: first and last moment of each power cut or lost device."""
    days = (min((row.day for row in rows), default=end.date()), end.date())
    plans = {c.id: by_day(o for o in schedule.occurrences(c, *days) if o.rule is None) for c in station.communes}
    found = []
    for commune in station.communes:
        dated = any("valid_from" in note or "valid_until" in note for note in commune.notes.values())
        if dated or commune.max_minutes is not None:
            continue
        own = [row for row in rows if row.commune == commune.id]
        for quota in commune.quotas:
            if quota.make_good_at and quota.count == "airings":
                search = Search(station, commune, quota, rows, plans, outages, end)
                found += [text for span in periods.touched(quota, *days) for text in search.period(span, own)]
    return found


def by_day(occurrences):
    days = {}
    for occurrence in occurrences:
        days.setdefault(occurrence.day, []).append(occurrence)
    return days


def clipless(row):
    """Was it lost for want of a clip?"""
    reason = row.data["reason"] or ""
    return reason.startswith("clip_") or reason == "nothing_to_play"


class Search:
    """Looks through the periods of one quota."""

    def __init__(self, station, commune, quota, rows, plans, outages, end):
        self.station, self.commune, self.quota = station, commune, quota
        self.plans, self.outages, self.end = plans, outages, end
        self.made = {}
        for row in rows:
            if row.kind == "make_good":
                self.made.setdefault(row.day, []).append(row)

    def period(self, span, own):
        """The first forgotten place of a period that is over and was not reached."""
        its = [row for row in own if span.start <= row.day <= span.end]
        aired = sum(verdicts.why_not(row, self.quota) is None for row in its)
        if not its or aired >= span.asked(self.quota.airings, self.quota) or span.end >= self.end.date():
            return []
        named = {row.data["makes_good_for"] for row in its if row.kind == "make_good"}
        barren = {row.data["slot"] for row in own if clipless(row)}
        lost = [row for row in its if row.id not in named and row.data["slot"] not in barren and self.replaceable(row)]
        day = min((row.day for row in lost), default=span.end + DAY)
        while day <= span.end:
            text = self.day(span, its, lost, day) if self.open(day) else None
            if text:
                return [text]
            day += DAY
        return []

    def replaceable(self, row):
        """Lost for this quota. What its slot never has a clip for is looked at by nobody."""
        return row.kind in COUNTING_KINDS and verdicts.why_not(row, self.quota) not in (None, "other_channel")

    def open(self, day):
        """May make-goods of this quota air on the day, and was there no fault near it?"""
        first, last = self.at(day - DAY, time()), self.at(day + DAY, time())
        if last > self.end or any(a < last and first < b for a, b in self.outages):
            return False
        if schedule.day_action(self.commune, None, day) != "play":
            return False
        made = [row for row in self.made.get(day, []) if row.commune == self.commune.id]
        if sum(row.data["quota"] == self.quota.id for row in made) >= self.quota.make_good_per_day:
            return False
        planned = len(self.plans[self.commune.id].get(day, [])) + len(made)
        return self.commune.max_airings is None or planned < self.commune.max_airings

    def day(self, span, its, lost, day):
        """A free place of an open day for which there was something to replace."""
        for at in self.quota.make_good_at:
            place = self.at(day, at)
            known = place - EARLY
            there = [row for row in lost if row.settled_at <= known]
            if not there or not self.commune.permits(at) or not self.alone(day, place):
                continue
            short = span.asked(self.quota.airings, self.quota) - self.hoped(span, its, known)
            if short > 0:
                where = f"{self.commune.id}/{self.quota.id} {span.label}"
                return f"{where}: {there[0].id} was lost and {short} missing, {day} {at} was free and not used"
        return None

    def hoped(self, span, its, known):
        """What had counted by then, and all that could still count."""
        have = sum(row.settled_at <= known and verdicts.why_not(row, self.quota) is None for row in its)
        open_rows = {row.id for row in its if row.settled_at > known}
        coming = {o.id for day, its in self.plans[self.commune.id].items() if span.start <= day <= span.end
                  for o in its if o.instant(self.station.zone) > known}
        return have + len(open_rows | coming)

    def alone(self, day, place):
        """Does nothing else come near this place on an output of the commune?"""
        for other in self.station.communes:
            if set(other.outputs) & set(self.commune.outputs):
                near = [o.instant(self.station.zone) for o in self.plans[other.id].get(day, [])]
                near += [row.planned_at for row in self.made.get(day, []) if row.commune == other.id]
                if any(abs(at - place) < APART for at in near):
                    return False
        return True

    def at(self, day, local):
        return datetime.combine(day, local, self.station.zone).astimezone(timezone.utc)

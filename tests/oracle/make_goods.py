"""Make-goods: each replaces something lost, where and when it may; and none twice."""

from datetime import timedelta

import periods
import schedule
import verdicts
from journal import COUNTING_KINDS

# A make-good must be over so long before the next planned start.
MARGIN = timedelta(seconds=60)


def faults(station, rows):
    """All that is wrong with the make-goods of a station."""
    found, by_day = [], {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    for commune in station.communes:
        own = [row for row in rows if row.commune == commune.id]
        by_id = {row.id: row for row in own}
        for row in own:
            if row.kind == "make_good":
                near = [r for n in (-1, 0, 1) for r in by_day.get(row.day + timedelta(days=n), [])]
                found += [f"{row.id}: {text}" for text in one(commune, row, by_day[row.day]) + apart(row, near)]
        for quota in commune.quotas:
            its = [row for row in own if row.kind == "make_good" and row.data["quota"] == quota.id]
            for row in its:
                found += [f"{row.id}: {text}" for text in against(quota, row, by_id, own)]
            found += twice(quota, its)
    return found


def one(commune, row, same_day):
    """A make-good by itself: its rule, its time, its day."""
    quota = next((q for q in commune.quotas if q.id == row.data.get("quota")), None)
    if quota is None:
        return [f"is of quota {row.data.get('quota')}, which the commune has not"]
    found, local = [], row.planned_at.time()
    if row.data["slot"] is not None:
        found.append(f"has slot {row.data['slot']}")
    if local not in quota.make_good_at:
        found.append("its time is none of the quota's make_good.at")
    if not commune.permits(local):
        found.append("lies outside the permitted hours")
    if schedule.day_action(commune, None, row.day) != "play":
        found.append("lies on a day on which the usual schedule does not air")
    its = [r for r in same_day if r.commune == commune.id and r.kind == "make_good" and r.data["quota"] == quota.id]
    if len(its) > quota.make_good_per_day:
        found.append(f"is one of {len(its)} of its quota that day, {quota.make_good_per_day} at the most")
    return found


def against(quota, row, by_id, own):
    """The row that it replaces: of the same period, settled before, and lost for this quota; and the need for it."""
    lost = by_id.get(row.data["makes_good_for"])
    if lost is None:
        return [f"replaces {row.data['makes_good_for']}, which has no row"]
    found = []
    span = next(iter(periods.touched(quota, row.day, row.day)), None)
    if span is None:
        return ["lies on a day on which its quota does not bind"]
    if not span.start <= lost.day <= span.end:
        found.append(f"replaces {lost.id}, of another period")
    if lost.seq > row.first_seq or lost.settled_at > row.planned_at:
        found.append(f"replaces {lost.id} before that was lost")
    if lost.kind not in COUNTING_KINDS:
        found.append(f"replaces {lost.id}, a row of kind {lost.kind}")
    lacks = any(verdicts.worth(lost, quota, share) == 0 for share in quota.shares)
    if verdicts.why_not(lost, quota) is None and not lacks:
        found.append(f"replaces {lost.id}, which counts in full")
    counted = [r for r in own if span.start <= r.day <= span.end and r.seq < row.first_seq]
    counted = [r for r in counted if verdicts.why_not(r, quota) is None]
    if enough(quota, span, counted):
        found.append("was decided when nothing was missing any more")
    return found


def enough(quota, span, counted):
    """Do these rows reach all that is asked of the period?"""
    if sum(verdicts.worth(row, quota) for row in counted) < span.asked(quota.airings, quota):
        return False
    short = [s for s in quota.shares
             if sum(verdicts.worth(row, quota, s) for row in counted) < span.asked(s.required, quota)]
    return not short


def apart(row, near):
    """It displaces nothing that was planned on an output of its own, and begins after what is before."""
    found, outputs = [], {output["output"] for output in row.data["outputs"]}
    for other in near:
        shares = outputs & {output["output"] for output in other.data["outputs"]}
        if other is row or not shares or other.kind not in COUNTING_KINDS or other.data["outcome"] == "skipped":
            continue
        over = row.planned_at + timedelta(seconds=row.length)
        if other.planned_at == row.planned_at:
            found.append(f"stands at the time of {other.id}")
        elif other.planned_at < row.planned_at < other.planned_at + timedelta(seconds=other.length):
            found.append(f"begins while {other.id} is planned to air")
        elif row.planned_at < other.planned_at < over + (MARGIN if other.kind != "make_good" else timedelta()):
            found.append(f"is not over {MARGIN.seconds} s before {other.id}")
    return found


def twice(quota, its):
    """Nothing is made good again once a make-good of it has counted."""
    found, done = [], {}
    for row in its:
        lost = row.data["makes_good_for"]
        if lost in done:
            found.append(f"{row.id}: replaces {lost}, which {done[lost]} has made good")
        elif verdicts.why_not(row, quota) is None:
            done[lost] = row.id
    return found

"""Promised against aired, from the rows alone: what `/v1/compliance` should answer."""

from bisect import bisect_left, bisect_right

import periods
from journal import COUNTING_KINDS

BY_KIND = {"scheduled": "regular", "campaign": "campaign", "make_good": "make_good"}


def why_not(row, quota):
    """Why a row does not count, or nothing if it does."""
    if row.kind not in COUNTING_KINDS:
        return row.kind
    outcome = row.on(quota.channel)
    if outcome is None:
        return "other_channel"
    return None if outcome == "aired" else outcome


def has_share(clip, share):
    """Is the clip of this topic, in this language, for this target group?"""
    topics, language, audience = clip
    match share.kind:
        case "topic":
            return share.value in topics
        case "language":
            return share.value == language
        case "audience":
            return share.value in audience


def worth(row, quota, share=None):
    """How much a row that counts adds to the whole, or to a share."""
    clips = [clip for clip in row.whole_clips().values() if share is None or has_share(clip, share)]
    if quota.count == "clips":
        return len(clips)
    return 1 if share is None else min(1, len(clips))


def judged(required, aired, exempt, over):
    """The verdict where the period's end or the numbers decide it; nothing where the plan has a say."""
    if exempt:
        return "exempt"
    if aired >= required:
        return "met"
    return "failed" if over else None


WORST_LAST = ["exempt", "met", "on_track", "at_risk", "failed"]


def assess(commune, quota, period, rows, today):
    """One verdict from the commune's rows by time. `planned`, and what may still change, are left out."""
    first = bisect_left(rows, period.start, key=lambda row: row.day)
    rows = rows[first:bisect_right(rows, period.end, key=lambda row: row.day)]
    counted = [row for row in rows if why_not(row, quota) is None]
    over, exempt = today > period.end, period.cut and quota.partial == "exempt"
    required, aired = period.asked(quota.airings, quota), sum(worth(row, quota) for row in counted)
    shares = [part(share, period.asked(share.required, quota), counted, quota, exempt, over) for share in quota.shares]
    verdicts = [judged(required, aired, exempt, over)] + [share.get("verdict") for share in shares]
    by_kind = {"regular": 0, "campaign": 0, "make_good": 0}
    for row in counted:
        by_kind[BY_KIND[row.kind]] += worth(row, quota)
    answer = {
        "commune": commune.id,
        "commune_name": commune.name,
        "quota": quota.id,
        "name": quota.name,
        "basis": quota.basis,
        "channel": quota.channel,
        "count": quota.count,
        "period": period.label,
        "from": period.start.isoformat(),
        "until": period.end.isoformat(),
        "required": required,
        "aired": aired,
        "missing": max(0, required - aired),
        "at_least": shares,
        "by_kind": by_kind,
        "counted": [row.id for row in counted],
        "not_counted": [{"airing": row.id, "why": why_not(row, quota)} for row in rows if why_not(row, quota)],
    }
    if None not in verdicts:
        answer["verdict"] = max(verdicts, key=WORST_LAST.index)
    if over:
        answer["planned"] = 0
    return answer


def part(share, required, counted, quota, exempt, over):
    """A share's own numbers and verdict."""
    aired = sum(worth(row, quota, share) for row in counted)
    answer = {share.kind: share.value, "required": required, "aired": aired, "missing": max(0, required - aired)}
    verdict = judged(required, aired, exempt, over)
    if verdict:
        answer["verdict"] = verdict
    if over:
        answer["planned"] = 0
    return answer


def all_of(station, rows, first, last, today):
    """A verdict for each quota and each of its periods that the days touch: in the order of the files, then by time."""
    by_time = {
        commune.id: sorted((r for r in rows if r.commune == commune.id), key=lambda r: (r.planned_at, r.seq))
        for commune in station.communes
    }
    return [
        assess(commune, quota, period, by_time[commune.id], today)
        for commune in station.communes
        for quota in commune.quotas
        for period in periods.touched(quota, first, last)
    ]

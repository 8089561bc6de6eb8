"""The TOML of a station as the oracle understands it. Written from the contract, not from the program."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

DAYS = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"]
ENGLISH = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass
class Slot:
    """A recurring rule: exactly one of `days`, `cron` and `holiday` says when."""

    id: str
    campaign: str | None
    enabled: bool
    on_holiday: str | None
    start_within: int
    at: list[time]
    days: set[int] | None
    cron: str | None
    holiday: str | None
    day_offset: int


@dataclass
class Campaign:
    """A dated overlay."""

    id: str
    first: date
    last: date
    replaces: list[str]
    slots: list[Slot]

    def runs(self, day):
        return self.first <= day <= self.last


@dataclass
class Extra:
    """Days apart: of a holiday list, or of mourning."""

    first: date
    last: date
    action: str | None


@dataclass
class Share:
    """A part of a quota: `kind` is topic, language or audience."""

    kind: str
    value: str
    required: int


@dataclass
class Quota:
    """A promise."""

    id: str
    name: str
    basis: str | None
    first: date | None
    last: date | None
    period: str
    closing: int | None
    airings: int
    shares: list[Share]
    channel: str
    partial: str
    count: str
    make_good_at: list[time]
    make_good_per_day: int


@dataclass
class Commune:
    """One commune's file."""

    id: str
    name: str
    outputs: list[str]
    allowed: list[tuple[int, int]]
    max_airings: int | None
    max_minutes: int | None
    slots: list[Slot]
    quotas: list[Quota]
    campaigns: list[Campaign]
    holidays: str
    on_holiday: str
    extra: list[Extra]
    mourning: list[Extra]
    notes: dict[str, dict] = field(default_factory=dict)

    def permits(self, at):
        """May something begin at this local time?"""
        second = at.hour * 3600 + at.minute * 60 + at.second
        return any(first <= second < last for first, last in self.allowed)

    def all_slots(self):
        """Each with its campaign, or nothing."""
        yield from ((slot, None) for slot in self.slots)
        yield from ((slot, campaign) for campaign in self.campaigns for slot in campaign.slots)


@dataclass
class Station:
    """One PC."""

    zone: ZoneInfo
    channels: dict[str, str]
    communes: list[Commune]


def read(folder):
    """The station whose `station.toml` lies in `folder`; communes in the order of their file names."""
    top = tomllib.loads((Path(folder) / "station.toml").read_text("utf-8"))
    below = Path(folder) / top.get("paths", {}).get("communes", "communes")
    communes = [commune(tomllib.loads(file.read_text("utf-8"))) for file in sorted(below.glob("*.toml"))]
    zone = top["station"].get("timezone", "Asia/Ho_Chi_Minh")
    outputs = {output["id"]: output["channel"] for output in top.get("output", [])}
    return Station(ZoneInfo(zone), outputs, communes)


def commune(text):
    """One commune from its parsed file."""
    head, hours, holidays = text["commune"], text.get("hours", {}), text.get("holidays")
    rule = holidays or {}
    return Commune(
        id=head["id"],
        name=head["name"],
        outputs=head["outputs"],
        allowed=[span(s) for s in hours.get("allowed", ["05:00-21:30"])],
        max_airings=hours.get("max_airings_per_day"),
        max_minutes=hours.get("max_minutes_per_day"),
        slots=[slot(s, None) for s in text.get("slot", [])],
        quotas=[quota(q) for q in text.get("quota", [])],
        campaigns=[campaign(c) for c in text.get("campaign", [])],
        holidays="none" if holidays is None else rule.get("calendar", "vietnam"),
        on_holiday=rule.get("on_holiday", "skip"),
        extra=[extra(e) for e in rule.get("extra", [])],
        mourning=[extra(e) for e in rule.get("mourning", [])],
        notes={note["file"]: note for note in text.get("clip", [])},
    )


def slot(text, campaign_id):
    at = text.get("at", [])
    return Slot(
        id=text["id"],
        campaign=campaign_id,
        enabled=text.get("enabled", True),
        on_holiday=text.get("on_holiday"),
        start_within=duration(text.get("start_within", "15m")),
        at=sorted(time.fromisoformat(a) for a in ([at] if isinstance(at, str) else at)),
        days=weekdays(text["days"]) if "days" in text else None,
        cron=text.get("cron"),
        holiday=text.get("holiday"),
        day_offset=text.get("day_offset", 0),
    )


def campaign(text):
    slots = [slot(s, text["id"]) for s in text.get("slot", [])]
    return Campaign(text["id"], text["from"], text["until"], text.get("replaces", []), slots)


def extra(text):
    first = text.get("date", text.get("from"))
    return Extra(first, text.get("until", first), text.get("action"))


def quota(text):
    make_good = text.get("make_good", {})
    at = make_good.get("at", [])
    return Quota(
        id=text["id"],
        name=text.get("name", text["id"]),
        basis=text.get("basis"),
        first=text.get("from"),
        last=text.get("until"),
        period=text["period"],
        closing=text.get("closing_day"),
        airings=text["airings"],
        shares=[share(key, required) for key, required in text.get("at_least", {}).items()],
        channel=text.get("channel", "commune"),
        partial=text.get("partial_period", "full"),
        count=text.get("count", "airings"),
        make_good_at=[time.fromisoformat(a) for a in ([at] if isinstance(at, str) else at)],
        make_good_per_day=make_good.get("max_per_day", 1),
    )


def share(key, required):
    for kind in ("language", "audience"):
        if key.startswith(kind + ":"):
            return Share(kind, key.split(":", 1)[1], required)
    return Share("topic", key, required)


def span(text):
    """`"05:00-06:30"` in seconds after midnight."""
    first, last = (part.strip() for part in text.replace("–", "-").split("-"))
    return seconds_of_day(first), seconds_of_day(last)


def seconds_of_day(text):
    parts = [int(p) for p in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


def duration(text):
    """`"1h30m"` in seconds."""
    total, digits = 0, ""
    for letter in text:
        if letter.isdigit():
            digits += letter
        elif letter in "hms":
            total, digits = total + int(digits) * {"h": 3600, "m": 60, "s": 1}[letter], ""
    return total


def weekdays(names):
    """The days of the week as numbers, Monday 0."""
    found = set()
    for name in [names] if isinstance(names, str) else names:
        if name == "all":
            found.update(range(7))
            continue
        ends = [weekday(part) for part in name.replace("–", "-").split("-")]
        first, last = ends[0], ends[-1]
        found.update((first + n) % 7 for n in range((last - first) % 7 + 1))
    return found


def weekday(name):
    return DAYS.index(name.upper()) if name.upper() in DAYS else ENGLISH.index(name.lower()[:3])

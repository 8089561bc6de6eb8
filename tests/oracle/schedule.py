"""Which occurrences the TOML alone calls for on each day, and which of them a plain rule forbids."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import holidays
from reading import ENGLISH

DAY = timedelta(days=1)
SHIFT_AT_MOST = 14
# Shifts into the first day can come from this far before it.
MARGIN = 60


@dataclass
class Occurrence:
    """One dated instance; `rule` is the reason for which it must be skipped, if one holds."""

    id: str
    slot: object
    day: date
    at: time
    rule: str | None
    moved_from: str | None = None

    def instant(self, zone):
        """When that is, in UTC. What does not exist is the first moment after the jump, what exists twice the first."""
        local = datetime.combine(self.day, self.at, zone)
        there = local.astimezone(timezone.utc)
        if there.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return there
        return after_gap(local, zone)


def after_gap(local, zone):
    """The first moment after the jump of the clock over `local`."""
    first = (local - DAY).astimezone(timezone.utc)
    low, high = 0, 2 * 86_400
    before = first.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        same = (first + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    return first + timedelta(seconds=high)


def airing_id(commune, rule, day, at):
    seconds = f":{at.second:02}" if at.second else ""
    return f"{commune.id}/{rule}@{day}T{at.hour:02}:{at.minute:02}{seconds}"


def occurrences(commune, first, last):
    """All occurrences of the commune from the day `first` to the day `last`, moved ones included."""
    found = []
    for slot, campaign in commune.all_slots():
        found += of_slot(commune, slot, campaign, first, last)
    return sorted(found, key=lambda o: (o.day, o.at, o.id))


def of_slot(commune, slot, campaign, first, last):
    days = [first + n * DAY for n in range(-MARGIN, (last - first).days + 1)]
    runs = [day for day in days if campaign is None or campaign.runs(day)]
    taken = {(day, at) for day in runs for at in times(slot, day)}
    found = []
    for day, at in sorted(taken):
        identifier = airing_id(commune, slot.id, day, at)
        found.append(Occurrence(identifier, slot, day, at, rule_for(commune, slot, campaign, day, at)))
        if found[-1].rule == "holiday" and day_action(commune, slot, day) == "shift":
            moved = place(commune, slot, campaign, day, at, taken)
            if moved:
                taken = taken | {(moved, at)}
                rule = rule_for(commune, slot, campaign, moved, at)
                found.append(Occurrence(airing_id(commune, slot.id, moved, at), slot, moved, at, rule, identifier))
    return [occurrence for occurrence in found if first <= occurrence.day <= last]


def place(commune, slot, campaign, day, at, taken):
    """The first later day on which no rule skips it and the slot has nothing at that time."""
    for n in range(1, SHIFT_AT_MOST + 1):
        to = day + n * DAY
        if campaign and not campaign.runs(to):
            continue
        if (to, at) not in taken and rule_for(commune, slot, campaign, to, at) is None:
            return to
    return None


def rule_for(commune, slot, campaign, day, at):
    """The first of the plain rules that forbids it: disabled, campaign, mourning, holiday, quiet_hours."""
    if not slot.enabled:
        return "disabled"
    if campaign is None and any(c.runs(day) and slot.id in c.replaces for c in commune.campaigns):
        return "campaign"
    action = day_action(commune, slot, day)
    if action == "mourning":
        return "mourning"
    if action in ("skip", "shift"):
        return "holiday"
    return None if commune.permits(at) else "quiet_hours"


def day_action(commune, slot, day):
    """What the day does to a slot: mourning before listed days before the calendar."""
    for mourning in commune.mourning:
        if mourning.first <= day <= mourning.last:
            return "play" if mourning.action == "without_music" else "mourning"
    if slot is not None and slot.holiday:
        return "play"
    own = slot.on_holiday if slot is not None else None
    for extra in commune.extra:
        if extra.first <= day <= extra.last:
            return own or extra.action or commune.on_holiday
    if commune.holidays == "vietnam" and holidays.is_holiday(day):
        return own or commune.on_holiday
    return "play"


def times(slot, day):
    """The local times at which a slot's rule calls for an airing on a day, campaigns aside."""
    if slot.cron:
        return cron(slot.cron, day)
    if slot.holiday:
        asked = day - slot.day_offset * DAY
        return slot.at if asked == holidays.day_of(slot.holiday, asked.year) else []
    return slot.at if day.weekday() in slot.days else []


def cron(text, day):
    """The times of a cron rule on a day: five fields, or six and seven with seconds first."""
    fields = text.split()
    if len(fields) == 5:
        fields = ["0"] + fields
    second, minute, hour, of_month, month, of_week = fields[:6]
    if day.month not in numbers(month, 1, 12) or (len(fields) == 7 and day.year not in numbers(fields[6], 1970, 2199)):
        return []
    by_month = day.day in numbers(of_month, 1, 31)
    by_week = of_week in ("*", "?") or day.weekday() in numbers(of_week, 0, 6, ENGLISH)
    if not (by_month and by_week):
        return []
    return [time(h, m, s) for h in numbers(hour, 0, 23) for m in numbers(minute, 0, 59) for s in numbers(second, 0, 59)]


def numbers(text, low, high, names=()):
    """The numbers that a field of a cron rule means, ascending."""
    def number(word):
        return names.index(word.lower()[:3]) if names else int(word)

    found = set()
    for part in text.split(","):
        part, _, step = part.partition("/")
        if part in ("*", "?"):
            first, last = low, high
        else:
            first, _, last = part.partition("-")
            first, last = number(first), number(last) if last else (high if step else number(first))
        found.update(range(first, last + 1, int(step or 1)))
    return sorted(found)

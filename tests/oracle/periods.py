"""Into which period a day falls, and what is asked of a part of one."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass
class Period:
    """`first` and `last` are whole; `start` and `end` are what the quota's validity leaves of them."""

    label: str
    first: date
    last: date
    start: date
    end: date

    @property
    def cut(self):
        return (self.start, self.end) != (self.first, self.last)

    def asked(self, required, quota):
        """What is asked of this period where `required` is asked of a whole one."""
        if not self.cut or quota.partial == "full":
            return required
        if quota.partial == "exempt":
            return 0
        there, whole = (self.end - self.start).days + 1, (self.last - self.first).days + 1
        return -(-required * there // whole)


def touched(quota, first, last):
    """The periods of a quota that the days from `first` to `last` touch, by time."""
    found, day = [], max(first, quota.first or first)
    last = min(last, quota.last or last)
    while day <= last:
        label, start, end = whole(quota, day)
        found.append(Period(label, start, end, max(start, quota.first or start), min(end, quota.last or end)))
        day = end + DAY
    return found


def whole(quota, day):
    """Label, first and last day of the period in which `day` lies."""
    match quota.period:
        case "day":
            return day.isoformat(), day, day
        case "week":
            monday = day - day.weekday() * DAY
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}", monday, monday + 6 * DAY
        case "plan":
            return "plan", quota.first, quota.last
        case "month":
            return closing(quota, day, 1, lambda year, month: f"{year}-{month:02}")
        case "quarter":
            return closing(quota, day, 3, lambda year, month: f"{year}-Q{month // 3}")
        case "year":
            return closing(quota, day, 12, lambda year, month: f"{year}")


def closing(quota, day, months, label):
    """A period of so many months that closes in the last of them."""
    year, month = day.year, -(-day.month // months) * months
    if day > closing_day(quota, year, month):
        year, month = later(year, month, months)
    before = closing_day(quota, *later(year, month, -months))
    return label(year, month), before + DAY, closing_day(quota, year, month)


def closing_day(quota, year, month):
    return date(year, month, quota.closing) if quota.closing else date(*later(year, month, 1), 1) - DAY


def later(year, month, by):
    months = year * 12 + month - 1 + by
    return months // 12, months % 12 + 1

"""Vietnam's holidays from 2023 to 2032, as a table: the oracle computes no moon."""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 2023, 2032

# The first day of the first lunar month.
TET = [
    "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
    "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11",
]
# The tenth of the third lunar month. 2023 has a second second month, 2031 a second third one.
GIO_TO = [
    "2023-04-29", "2024-04-18", "2025-04-07", "2026-04-26", "2027-04-16",
    "2028-04-04", "2029-04-23", "2030-04-12", "2031-04-01", "2032-04-19",
]
SOLAR = {"tet-duong-lich": (1, 1), "giai-phong": (4, 30), "lao-dong": (5, 1), "quoc-khanh": (9, 2)}


class OutOfTable(Exception):
    """A year of which the table says nothing."""


def day_of(holiday, year):
    """The day of a holiday that is known by name."""
    if holiday in SOLAR:
        return date(year, *SOLAR[holiday])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfTable(f"the oracle's table of lunar holidays has no year {year}")
    table = {"tet-nguyen-dan": TET, "gio-to": GIO_TO}[holiday]
    return date.fromisoformat(table[year - FIRST_YEAR])


def is_holiday(day):
    """Is the day one of the calendar `vietnam`? Tết is the lunar year's last day and its first four."""
    tet = day_of("tet-nguyen-dan", day.year)
    if timedelta(days=-1) <= day - tet <= timedelta(days=3):
        return True
    return day == day_of("gio-to", day.year) or (day.month, day.day) in SOLAR.values()

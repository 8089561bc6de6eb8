#!/usr/bin/env python3
"""Makes `years.txt`, by other means than the program: PyEphem's Sun and Moon, and a search for solar terms instead of
a look at the Sun's place each month.

A line is a lunar year: its Tết, how long its months are (9: 29 days, 0: 30), and the number of its leap month.
Needs `pip install ephem`. How much the Earth's rotation lags is observed until 2020 and then assumed as the program
assumes it, for nobody knows. New moons and solar terms within 20 seconds of midnight are listed at the end of the file:
there two ways of reckoning may disagree.
"""
from datetime import date, timedelta
from math import floor, tau
from pathlib import Path

import ephem

EAST = 7 / 24
NEAR = 20 / 86400
GUESS = [(2020, 69), (2050, 80), (2100, 120), (2200, 250)]
near = []


def lag(moment):
    """Seconds to take from even time."""
    year = 1900 + float(moment) / 365.25
    for (y0, s0), (y1, s1) in zip(GUESS, GUESS[1:]):
        if y0 <= year and (year < y1 or y1 == GUESS[-1][0]):
            return s0 + (s1 - s0) * (year - y0) / (y1 - y0)
    return ephem.delta_t(moment)


def local(moment):
    """The day in Vietnam, counted from ephem's day 0 (noon of the last day of 1899)."""
    days = float(moment) + (ephem.delta_t(moment) - lag(moment)) / 86400 + EAST + 0.5
    if abs(days - round(days)) < NEAR:
        near.append((days, civil(round(days))))
    return floor(days)


def civil(day):
    return date(1899, 12, 31) + timedelta(days=day)


def longitude(moment):
    sun = ephem.Sun(moment)
    return float(ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=moment), epoch=moment).lon)


def term(guess, target):
    """When the Sun stands at a longitude, near a guess."""
    moment = float(guess)
    for _ in range(20):
        off = (target - longitude(ephem.Date(moment)) + tau / 2) % tau - tau / 2
        moment += off * 365.2422 / tau
        if abs(off) < 1e-10:
            break
    return moment


# All major terms and all new moons of the three centuries, as local days; term n of a year is at 30n degrees.
terms = []
start = term(ephem.Date("1898/9/23"), tau / 2)
for n in range(12 * 304):
    start = term(start + 30.4, (tau / 2 + tau / 12 * (n + 1)) % tau)
    terms.append((local(start), (6 + n + 1) % 12))
moons = []
moment = ephem.Date("1898/9/1")
while moment < ephem.Date("2201/3/1"):
    moment = ephem.next_new_moon(moment)
    moons.append(local(moment))
    moment = ephem.Date(moment + 1)

solstices = [day for day, n in terms if n == 9]
elevens = [max(i for i, m in enumerate(moons) if m <= day) for day in solstices if day <= moons[-1]]
months = []  # first day, length, number, leap
for begin, end in zip(elevens, elevens[1:]):
    number, leap_done = 10, end - begin == 12
    for i in range(begin, end):
        first, after = moons[i], moons[i + 1]
        bare = not any(first <= day < after for day, _ in terms)
        leap = bare and not leap_done and i > begin
        leap_done = leap_done or leap
        number = number if leap else number % 12 + 1
        months.append((first, after - first, number, leap))

lines = []
starts = [i for i, m in enumerate(months) if m[2] == 1 and not m[3]]
for begin, end in zip(starts, starts[1:]):
    year = months[begin:end]
    tet = civil(year[0][0])
    if 1900 <= tet.year <= 2199:
        leap = [str(m[2]) for m in year if m[3]]
        lines.append(f"{tet} {''.join(str(m[1] % 10) for m in year)} {leap[0] if leap else '-'}")
close = [f"# near midnight: {day} by {(days - round(days)) * 86400:+.0f} s" for days, day in sorted(near)]
text = "# Tết, lengths of the months, leap month: see oracle.py\n" + "\n".join(lines + close) + "\n"
Path(__file__).with_name("years.txt").write_text(text, encoding="utf-8")

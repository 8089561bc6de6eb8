#!/usr/bin/env python3
"""The oracle's own test: golden cases by hand, and proof that it bites: what is wrong on purpose must be reported."""

import sys

sys.dont_write_bytecode = True

import copy
import json
import tempfile
import tomllib
import unittest
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fixture
import journal
import oracle
import reading
import schedule
import verdicts

CASES = Path(__file__).parent / "cases"
ROOT = tempfile.TemporaryDirectory()
unittest.addModuleCleanup(ROOT.cleanup)
# The rows of most cases follow no schedule.
UNSCHEDULED = "no slot calls for it"


class Case:
    """A case file, its journal and what the oracle makes of it."""

    def __init__(self, name):
        self.text = tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))
        self.folder = Path(tempfile.mkdtemp(dir=ROOT.name))
        fixture.write_station(self.folder, [self.text["commune"]])
        self.station = reading.read(self.folder)
        self.first, self.last = self.text["from"], self.text["until"]
        midnight = datetime.combine(self.last + timedelta(days=1), time(), self.station.zone)
        self.now = datetime.fromisoformat(self.text["now"]) if "now" in self.text else midnight
        began = f"{self.first}T00:00:00+07:00"
        self.entries = fixture.entries(began, self.text["rows"], self.text.get("clips", {}))

    def export(self, lines=None):
        file = self.folder / "journal.ndjson"
        fixture.write_journal(file, fixture.chained(self.entries) if lines is None else lines)
        return journal.read(file)

    def answer(self):
        """What a program that is right would print, as far as the oracle can know it."""
        rows = self.export().rows
        found = verdicts.all_of(self.station, rows, self.first, self.last, self.now.date())
        for verdict in found:
            for part in [*verdict["at_least"], verdict]:
                part.setdefault("planned", 0)
                part.setdefault("verdict", "at_risk")
            verdict["advice"] = {"vi": "…"} if verdict["verdict"] in ("failed", "at_risk") else None
        return {"airings": [dict(row.data, seq=row.seq) for row in rows], "compliance": found}

    def faults(self, answer=None, lines=None):
        outages = self.text.get("outages")
        if outages is not None:
            spans = [oracle.outage(text) for text in outages]
            outages = [tuple(end.replace(tzinfo=self.station.zone) for end in span) for span in spans]
        answer = answer or self.answer()
        found = oracle.judge(self.station, self.export(lines), answer, self.first, self.last, self.now, outages)
        passed_over = self.text.get("passed_over", []) + ([] if self.text.get("schedule") else [UNSCHEDULED])
        return [fault for fault in found if not any(word in fault for word in passed_over)]


class Golden(unittest.TestCase):
    """Each case file against what a person wrote beside it."""

    def test_cases(self):
        names = sorted(file.stem for file in CASES.glob("*.toml"))
        self.assertGreaterEqual(len(names), 13)
        for name in names:
            with self.subTest(name):
                self.check(Case(name))

    def test_gap_and_fold(self):
        """A local time that the clock jumps over is the first after the jump; one that it shows twice is the first."""
        zone = ZoneInfo("Europe/Prague")
        for local, utc in (("2026-03-29T02:30", "2026-03-29T01:00"), ("2026-10-25T02:30", "2026-10-25T00:30"),
                           ("2026-10-25T01:59", "2026-10-24T23:59"), ("2026-03-29T03:00", "2026-03-29T01:00")):
            at = datetime.fromisoformat(local)
            occurrence = schedule.Occurrence("", None, at.date(), at.time(), None)
            self.assertEqual(utc, occurrence.instant(zone).isoformat()[:16], local)

    def check(self, case):
        answer = case.answer()["compliance"]
        for wanted in case.text.get("expect", []):
            self.assertIn(shortened(wanted, wanted), [shortened(said, wanted) for said in answer])
        for key, of in (("required", lambda v: v["required"]), ("periods", lambda v: 1)):
            for quota, total in case.text.get(key, {}).items():
                self.assertEqual(total, sum(of(v) for v in answer if v["quota"] == quota), f"{key} of {quota}")
        self.assertEqual([], case.faults())


def shortened(verdict, wanted):
    """The fields that the case speaks of, in its words."""
    found = {}
    for key in wanted:
        if key == "shares" and "at_least" in verdict:
            found[key] = {value(share): words(share) for share in verdict["at_least"]}
        elif key == "not_counted" and verdict[key] and isinstance(verdict[key][0], dict):
            found[key] = [f"{row['airing']} {row['why']}" for row in verdict[key]]
        else:
            found[key] = verdict[key]
    return found


def value(share):
    return next(share[key] for key in ("topic", "language", "audience") if key in share)


def words(share):
    return f"{share['aired']} of {share['required']}, missing {share['missing']}: {share['verdict']}"


def change(**to):
    return lambda verdict: verdict.update(to)


def share(**to):
    return lambda verdict: verdict["at_least"][0].update(to)


class Bites(unittest.TestCase):
    """One mutant of the answer and of the journal for each kind of difference."""

    ANSWERS = [
        ("required is", change(required=5)),
        ("aired is", change(aired=5)),
        ("missing is", change(missing=1)),
        ("planned is", change(planned=1)),
        ("verdict is", change(verdict="failed", advice={"vi": "…"})),
        ("name is", change(name="Khác")),
        ("basis is", change(basis=None)),
        ("channel is", change(channel="village")),
        ("count is", change(count="clips")),
        ("from is", change(**{"from": "2026-11-22"})),
        ("until is", change(until="2026-11-30")),
        ("no such period is asked for", change(period="2026-W49")),
        ("not answered", change(quota="khac")),
        ("by_kind is", change(by_kind={"regular": 3, "campaign": 1, "make_good": 0})),
        ("by_kind does not sum", change(by_kind={"regular": 3, "campaign": 0, "make_good": 0})),
        ("with advice", change(advice={"vi": "…"})),
        ("at_least has 0 shares", change(at_least=[])),
        ("topic is", share(topic="khac")),
        ("at_least[0]: required is", share(required=1)),
        ("at_least[0]: aired is", share(aired=3)),
        ("at_least[0]: missing is", share(missing=1)),
        ("at_least[0]: verdict is", share(verdict="failed")),
        ("a share with", share(verdict="failed")),
        ("worst of the whole", change(verdict="on_track")),
        ("not whole numbers", change(planned=None)),
        ("counted lacks", lambda v: v["counted"].pop()),
        ("counted has", lambda v: v["counted"].append("x/sang@2026-11-28T05:30")),
        ("not_counted lacks", lambda v: v["not_counted"].pop()),
        ("not_counted has", lambda v: v["not_counted"][0].update(why="partial")),
        ("not by time", lambda v: v["counted"].reverse()),
        ("listed twice", lambda v: v["counted"].append(v["counted"][0])),
    ]
    PRINTED = [
        ("not printed", lambda rows: rows.pop()),
        ("not in the journal", lambda rows: rows.append(dict(rows[0], id="x/sang@2026-11-23T05:31"))),
        ("printed twice", lambda rows: rows.append(rows[0])),
        ("printed with outcome", lambda rows: rows[0].update(outcome="partial")),
        ("printed with seq", lambda rows: rows[0].update(seq=7)),
    ]

    def test_answers(self):
        case = Case("four-of-which-two")
        self.assertEqual([], case.faults())
        for word, mutate in self.ANSWERS:
            answer = case.answer()
            mutate(answer["compliance"][0])
            self.reported(word, case.faults(answer))
        for word, mutate in self.PRINTED:
            answer = case.answer()
            mutate(answer["airings"])
            self.reported(word, case.faults(answer))
        double = case.answer()
        double["compliance"] *= 2
        self.reported("answered twice", case.faults(double))

    def test_open_periods(self):
        """Of a period that is not over the numbers must fit the verdict, whatever is planned."""
        case = Case("open")
        for planned, verdict, good in ((2, "on_track", True), (1, "at_risk", True), (1, "on_track", False),
                                       (2, "at_risk", False), (1, "failed", False), (2, "met", False)):
            answer = case.answer()
            advice = {"vi": "…"} if verdict in ("at_risk", "failed") else None
            answer["compliance"][0].update(planned=planned, verdict=verdict, advice=advice)
            self.assertEqual(good, case.faults(answer) == [], f"{planned} planned: {verdict}")

    def test_order(self):
        case = Case("closing-day")
        answer = case.answer()
        answer["compliance"].reverse()
        self.reported("order of the files", case.faults(answer))

    def test_chain(self):
        case = Case("four-of-which-two")
        lines = fixture.chained(case.entries)
        for word, key, to in (("not its text's", "entry", lines[3]["entry"]), ("does not name", "prev", "1" * 64),
                              ("where 5 should", "seq", 9)):
            bad = copy.deepcopy(lines)
            bad[4][key] = to
            self.reported(word, case.faults(lines=bad))

    def test_rows(self):
        for name, word, old, new in ROWS:
            case = Case(name)
            text = json.dumps(case.entries, ensure_ascii=False)
            self.assertIn(old, text, f"{name}: {word}")
            case.entries = json.loads(text.replace(old, new))
            self.reported(word, case.faults())

    def test_schedules(self):
        for name, word, old, new in SCHEDULES:
            case = Case(name)
            rows = "\n".join(case.text["rows"])
            self.assertIn(old, rows, f"{name}: {word}")
            case.entries = fixture.entries(case.entries[0]["at"], rows.replace(old, new).strip().split("\n"), {})
            self.reported(word, case.faults())

    def reported(self, word, faults):
        self.assertTrue(any(word in fault for fault in faults), f"{word!r} is not in {faults}")


# Case, what must be said, and a change of the journal's text.
ROWS = [
    ("campaign", "two final rows", "x/sang@2026-11-24T05:30", "x/sang@2026-11-23T05:30"),
    ("campaign", "should read x/sang@", '"id": "x/sang@2026-11-24T05:30"', '"id": "x/som@2026-11-24T05:30"'),
    ("campaign", "was planned at", '"id": "x/sang@2026-11-24T05:30"', '"id": "x/sang@2026-11-24T05:31"'),
    ("campaign", "no file names", '"commune": "x"', '"commune": "y"'),
    ("campaign", "offset", "2026-11-24T05:30:00+07:00", "2026-11-24T06:30:00+08:00"),
    ("campaign", "with reason", '"reason": "campaign"', '"reason": null'),
    ("campaign", "its outputs are", '"channel": "commune", "outcome": "aired"', '"channel": "commune", "outcome": "partial"'),
    ("campaign", "the commune has", '"output": "loa-phuong"', '"output": "loa-thon"'),
    ("campaign", "s of 60", '"outcome": "aired", "played_s": 60.0', '"outcome": "aired", "played_s": 50.0'),
    ("campaign", "has tin/a.wav aired", '"played_s": 60.0, "loudness_lufs"', '"played_s": 50.0, "loudness_lufs"'),
    ("campaign", "at one time", "2026-11-23T05:31:00+07:00", "2026-11-24T05:31:00+07:00"),
    ("campaign", "kind is", '"kind": "campaign"', '"kind": "scheduled"'),
    ("campaign", "campaign is", '"campaign": "ra-quan"', '"campaign": null'),
    ("make-good", "which the commune has not", '"quota": "q"', '"quota": "r"'),
    ("make-good", "has slot", '"slot": null', '"slot": "sang"'),
]
# The same with the rows of a case, before they become a journal.
SCHEDULES = [
    ("campaign", "and it has no row", "x/sang@2026-11-24T05:30 aired tin/a.wav\n", ""),
    ("campaign", "no slot calls for it", "x/trua@2026-11-26T11:15", "x/trua@2026-11-27T11:15"),
    ("campaign", "should be not skipped", "x/sang@2026-11-24T05:30 aired tin/a.wav", "x/sang@2026-11-24T05:30 skipped:holiday"),
    ("campaign", "should be skipped for campaign", "x/sang@2026-11-25T05:30 skipped:campaign", "x/sang@2026-11-25T05:30 aired tin/a.wav"),
    ("campaign", "is skipped for power", "x/sang@2026-11-24T05:30 aired tin/a.wav", "x/sang@2026-11-24T05:30 skipped:power"),
    ("campaign", "is missed for holiday", "x/sang@2026-11-24T05:30 aired tin/a.wav", "x/sang@2026-11-24T05:30 missed:holiday"),
    ("campaign", "the limit was not reached", "x/sang@2026-11-24T05:30 aired tin/a.wav", "x/sang@2026-11-24T05:30 skipped:day_limit"),
    ("holidays", "moved_from is", " from=x/doi@2026-02-16T08:00", ""),
    ("holidays", "should be skipped for mourning", "x/phat@2026-02-24T06:00 skipped:mourning", "x/phat@2026-02-24T06:00 aired tin/a.wav"),
    ("holidays", "should be skipped for quiet_hours", "x/doi@2026-02-23T21:30 skipped:quiet_hours", "x/doi@2026-02-23T21:30 aired tin/a.wav"),
    ("holidays", "should be skipped for holiday", "x/nghi@2026-02-18T05:30 skipped:holiday", "x/nghi@2026-02-18T05:30 aired tin/a.wav"),
    ("make-good", "none of the quota's make_good.at", "q@2026-11-25T17:30", "q@2026-11-25T17:31"),
    ("make-good", "outside the permitted hours", "q@2026-11-25T17:30", "q@2026-11-25T22:30"),
    ("make-good", "of its quota that day", "x/sang@2026-11-26", "x/make-good:q@2026-11-25T11:15 aired tin/a.wav\nx/sang@2026-11-26"),
    ("make-good", "which has no row", "for=x/sang@2026-11-24T05:30", "for=x/sang@2026-11-23T05:30"),
    ("make-good", "of another period", "q@2026-11-25T17:30", "q@2026-11-30T17:30"),
    ("make-good", "before that was lost", "q@2026-11-25T17:30", "q@2026-11-23T17:30"),
    ("make-good", "which counts in full", "24T05:30 missed:power", "24T05:30 aired tin/a.wav"),
    ("make-good", "which x/make-good:q@2026-11-25T17:30 has made good", "x/sang@2026-11-29",
     "x/make-good:q@2026-11-28T17:30 aired tin/a.wav for=x/sang@2026-11-24T05:30\nx/sang@2026-11-29"),
    ("make-good", "nothing was missing any more", "x/sang@2026-11-29",
     "x/a@2026-11-27T05:30 aired tin/a.wav\nx/make-good:q@2026-11-28T17:30 aired tin/a.wav for=x/a@2026-11-27T05:30\nx/sang@2026-11-29"),
    ("make-good", "is planned to air", "x/make-good", "x/a@2026-11-25T17:29:30 aired tin/a.wav\nx/make-good"),
    ("make-good", "is not over 60 s before", "x/make-good", "x/a@2026-11-25T17:31:30 aired tin/a.wav\nx/make-good"),
    ("make-good", "stands at the time of", "x/make-good", "x/a@2026-11-25T17:30 missed:overlap\nx/make-good"),
    ("make-good", "was free and not used",
     "x/make-good:q@2026-11-25T17:30 aired tin/a.wav for=x/sang@2026-11-24T05:30\n", ""),
]

if __name__ == "__main__":
    unittest.main(verbosity=1)

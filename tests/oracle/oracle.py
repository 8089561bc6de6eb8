#!/usr/bin/env python3
"""The independent oracle: reads an exported journal and the TOML, and holds an answer of the program against them.

    oracle.py --config DIR --journal FILE.ndjson --answer FILE.json --from DATE --until DATE [--now TIME]

Prints each difference on a line. Exit code 0: none; 1: some; 2: something cannot be read.
"""

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta

sys.dont_write_bytecode = True

import compare
import forgotten
import held
import journal
import make_goods
import reading
import verdicts


def judge(station, export, answer, first, last, now, outages=None):
    """Every fault and difference; `now` is when the program was asked."""
    found = list(export.faults)
    for row in export.rows:
        found += journal.look_at(row, station)
    found += journal.never_two_at_once(export.rows, export.started)
    end = now if export.began else None
    if end:
        found += held.faults(station, export, end)
        found += make_goods.faults(station, export.rows)
        if outages is not None:
            found += forgotten.faults(station, export.rows, outages, end)
    expected = verdicts.all_of(station, export.rows, first, last, now.astimezone(station.zone).date())
    found += compare.differences(expected, verdicts_of(answer))
    return found + told(export, answer)


def verdicts_of(answer):
    return answer["compliance"] if isinstance(answer, dict) else answer


def told(export, answer):
    """The rows that a rehearsal prints are those of its journal."""
    if not isinstance(answer, dict) or "airings" not in answer:
        return []
    stored = {row.id: row for row in export.rows}
    printed = {row["id"]: row for row in answer["airings"]}
    found = [f"{name}: in the journal, and not printed" for name in stored if name not in printed]
    found += [f"{name}: printed, and not in the journal" for name in printed if name not in stored]
    if len(printed) != len(answer["airings"]):
        found.append("an airing is printed twice")
    for name in stored.keys() & printed.keys():
        row, said = stored[name], printed[name]
        for key in ("commune", "slot", "kind", "planned_at", "started_at", "outcome", "reason", "makes_good_for", "topics"):
            if said.get(key) != row.data.get(key):
                found.append(f"{name}: printed with {key} {said.get(key)!r}, stored with {row.data.get(key)!r}")
        if said.get("seq") != row.seq:
            found.append(f"{name}: printed with seq {said.get('seq')}, is entry {row.seq}")
    return found


def outage(text):
    """`START/DURATION`, local time without offset."""
    start, length = text.split("/")
    first = datetime.fromisoformat(start)
    return first, first + timedelta(seconds=reading.duration(length))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "journal", "answer"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    parser.add_argument("--until", dest="last", type=date.fromisoformat, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, help="default: the midnight after --until")
    parser.add_argument("--outage", type=outage, action="append", help="START/DURATION of a power cut or lost device")
    parser.add_argument("--no-outages", action="store_true", help="there was none")
    return parser.parse_args()


def main():
    args = arguments()
    try:
        station, export = reading.read(args.config), journal.read(args.journal)
        with open(args.answer, encoding="utf-8") as file:
            answer = json.load(file)
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot read: {error!r}", file=sys.stderr)
        return 2
    now = args.now or datetime.combine(args.last + timedelta(days=1), time())
    now = now if now.tzinfo else now.replace(tzinfo=station.zone)
    outages = [] if args.no_outages else args.outage
    if outages:
        outages = [(a.replace(tzinfo=station.zone), b.replace(tzinfo=station.zone)) for a, b in outages]
    found = judge(station, export, answer, args.first, args.last, now, outages)
    for line in found:
        print(line)
    print(f"{len(export.rows)} rows, {len(found)} differences", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

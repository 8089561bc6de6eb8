"""The exported journal: its hash chain, its rows, and what can be said of a row by itself."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

COUNTING_KINDS = ("scheduled", "campaign", "make_good")
# The best that any output did is what residents heard.
BEST_FIRST = ["aired", "partial", "unproven", "cancelled", "skipped", "missed"]
SLUG = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
ID = re.compile(rf"^({SLUG})/({SLUG}|make-good:{SLUG})@(\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{{3}})?)?)$")
# Rows may lack this much of a clip and be whole, in seconds.
TOLERANCE = 0.051


class Row:
    """A final row."""

    def __init__(self, seq, first_seq, settled_at, data):
        # The number of its entry, and of the first that spoke of this airing.
        self.seq, self.first_seq = seq, first_seq
        self.settled_at, self.data = settled_at, data
        self.id, self.commune, self.kind = data["id"], data["commune"], data["kind"]
        self.planned_at = datetime.fromisoformat(data["planned_at"])
        # The local date for which it was planned: it decides the period.
        self.day = self.planned_at.date()
        # Seconds of its programme as planned.
        self.length = sum(item["planned_s"] for item in data["items"])

    def on(self, channel):
        """The best outcome of the outputs of a channel, or nothing if it has none."""
        there = [output["outcome"] for output in self.data["outputs"] if output["channel"] == channel]
        return min(there, key=BEST_FIRST.index) if there else None

    def whole_clips(self):
        """The clips, jingles aside, that were aired whole: path → (topics, language, target groups)."""
        found = {}
        for item in self.data["items"]:
            if item["role"] == "clip" and item["outcome"] == "aired":
                language = item.get("language") or self.data.get("language") or "vi"
                found[item["clip"]] = (item["topics"], language, item.get("audience", []))
        return found


@dataclass
class Journal:
    """What an export holds, and what is wrong with it."""

    rows: list[Row]
    began: datetime | None
    ended: datetime | None
    # When each output began each airing: (airing, output) → time.
    started: dict
    faults: list[str]


def read(file):
    """Reads an export: lines of `seq`, `prev`, `hash`, `entry`."""
    faults, entries, before, expected = [], [], "0" * 64, 1
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            link = json.loads(line)
            if link["seq"] != expected:
                faults.append(f"chain: entry {link['seq']} stands where {expected} should")
            if link["prev"] != before:
                faults.append(f"chain: entry {link['seq']} does not name the hash of the one before")
            if hashlib.sha256((link["prev"] + link["entry"]).encode()).hexdigest() != link["hash"]:
                faults.append(f"chain: the hash of entry {link['seq']} is not its text's")
            before, expected = link["hash"], link["seq"] + 1
            entries.append((link["seq"], json.loads(link["entry"])))
    rows, first_seen, started = [], {}, {}
    for seq, entry in entries:
        if entry["type"] == "planned":
            first_seen.setdefault(entry["id"], seq)
        if entry["type"] == "started":
            started.setdefault((entry["id"], entry["output"]), datetime.fromisoformat(entry["started_at"]))
        if entry["type"] == "final":
            data = entry["airing"]
            first = first_seen.setdefault(data["id"], seq)
            rows.append(Row(seq, first, datetime.fromisoformat(entry["at"]), data))
    starts = [entry["from"] for _, entry in entries if entry["type"] == "session_started"]
    times = [datetime.fromisoformat(entry["at"]) for _, entry in entries]
    began = datetime.fromisoformat(starts[0]) if starts else None
    faults += accounted_once(entries, rows)
    return Journal(rows, began, max(times, default=None), started, faults)


def accounted_once(entries, rows):
    """Each airing that is spoken of has exactly one final row; one under way at the end has none yet."""
    faults, seen = [], set()
    for row in rows:
        if row.id in seen:
            faults.append(f"rows: {row.id} has two final rows")
        seen.add(row.id)
    last = max((row.seq for row in rows), default=0)
    for seq, entry in entries:
        if entry["type"] == "planned" and entry["id"] not in seen and seq < last - 50:
            faults.append(f"rows: {entry['id']} was planned (entry {seq}) and has no final row")
    return faults


def look_at(row, station):
    """What a row must say by itself, whatever the schedule."""
    data, faults = row.data, []
    commune = next((c for c in station.communes if c.id == row.commune), None)
    if commune is None:
        return [f"rows: {row.id} is of a commune that no file names"]
    match = ID.match(row.id)
    rule = {"make_good": f"make-good:{data.get('quota')}"}.get(row.kind, data["slot"] or row.kind)
    if not match or match[1] != row.commune or match[2] != rule:
        faults.append(f"id: {row.id} should read {row.commune}/{rule}@…")
    elif data["placement"] == "exact" and datetime.fromisoformat(match[3]) != row.planned_at.replace(tzinfo=None):
        faults.append(f"id: {row.id} was planned at {data['planned_at']}")
    if row.planned_at.utcoffset() != row.planned_at.astimezone(station.zone).utcoffset():
        faults.append(f"time: {row.id} has an offset that is not the station's")
    if (data["outcome"] == "aired") != (data["reason"] is None):
        faults.append(f"reason: {row.id} is {data['outcome']} with reason {data['reason']}")
    outcomes = [output["outcome"] for output in data["outputs"]]
    if outcomes and data["outcome"] != min(outcomes, key=BEST_FIRST.index):
        faults.append(f"outcome: {row.id} is {data['outcome']}, its outputs are {', '.join(outcomes)}")
    known = {output["output"]: output["channel"] for output in data["outputs"]}
    if known != {output: station.channels[output] for output in commune.outputs}:
        faults.append(f"outputs: {row.id} names {sorted(known)}, the commune has {sorted(commune.outputs)}")
    return faults + evidence(row)


def evidence(row):
    """`aired` only if the device consumed the whole."""
    faults = []
    for output in row.data["outputs"]:
        if output["outcome"] == "aired" and output["played_s"] < row.length - TOLERANCE:
            faults.append(f"evidence: {row.id} is aired on {output['output']} with {output['played_s']} s of {row.length}")
    for item in row.data["items"]:
        if item["outcome"] == "aired" and item["played_s"] < item["planned_s"] - TOLERANCE:
            faults.append(f"evidence: {row.id} has {item['clip']} aired with {item['played_s']} s of {item['planned_s']}")
    return faults


def never_two_at_once(rows, begun):
    """No output carries two programmes at one time. What lost its device may have let another one in before it went on."""
    faults, spans = [], {}
    for row in rows:
        if not (row.data["started_at"] and row.data["ended_at"]):
            continue
        told = any((row.id, output["output"]) in begun for output in row.data["outputs"])
        for output in row.data["outputs"]:
            # Outputs of one airing may begin apart: the entry `started` says when each did.
            first = begun.get((row.id, output["output"]))
            last = first and first + timedelta(seconds=output["played_s"])
            if first is None and told:
                continue
            if first is None:
                first, last = (datetime.fromisoformat(row.data[key]) for key in ("started_at", "ended_at"))
            interrupted = output.get("reopened", 0) > 0
            spans.setdefault(output["output"], []).append((first, last, row.id, interrupted))
    for output, busy in sorted(spans.items()):
        busy.sort()
        for (_, last, one, interrupted), (first, _, other, _) in zip(busy, busy[1:]):
            if first < last and not interrupted:
                faults.append(f"output: {output} carried {one} and {other} at one time")
    return faults

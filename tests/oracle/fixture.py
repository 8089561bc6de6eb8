"""Small journals and stations for the oracle's own test, from a few words a row."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

STATION = """[station]
id = "dai-thu"
name = "Đài thử"
timezone = "Asia/Ho_Chi_Minh"
[[output]]
id = "loa-phuong"
name = "Loa phường"
channel = "commune"
kind = "wav"
[[output]]
id = "loa-thon"
name = "Loa thôn"
channel = "village"
kind = "wav"
"""
CHANNELS = {"loa-phuong": "commune", "loa-thon": "village"}
NEVER_COUNTED = ("manual", "trial", "emergency", "relay")


def write_station(folder, communes):
    """`communes`: texts of their files, in order."""
    (Path(folder) / "communes").mkdir(parents=True, exist_ok=True)
    (Path(folder) / "station.toml").write_text(STATION, "utf-8")
    for n, text in enumerate(communes):
        (Path(folder) / "communes" / f"{n}.toml").write_text(text, "utf-8")


def entries(began, rows, clips):
    """The entries of a journal that begins at `began` and holds these rows: see `row`."""
    found = [{"type": "session_started", "at": began, "station": "dai-thu", "version": "0", "boot_id": "1",
              "revision": "sha256:0", "from": began}]
    for text in rows:
        airing = row(text, clips)
        planned = {"type": "planned", "at": airing["planned_at"], "id": airing["id"], "kind": airing["kind"]}
        final = {"type": "final", "at": ended(airing), "airing": airing}
        found += ([planned] if airing["items"] else []) + [final]
    return found


def ended(airing):
    return airing["ended_at"] or airing["planned_at"]


def chained(texts):
    """The lines of an export: each names the hash of the one before."""
    before, lines = "0" * 64, []
    for seq, entry in enumerate(texts, 1):
        text = json.dumps(entry, ensure_ascii=False)
        own = hashlib.sha256((before + text).encode()).hexdigest()
        lines.append({"seq": seq, "prev": before, "hash": own, "entry": text})
        before = own
    return lines


def write_journal(file, lines):
    Path(file).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def row(text, clips):
    """`COMMUNE/RULE@LOCAL OUTCOME[:REASON] [CLIP[!OUTCOME]]… [for=ID] [from=ID] [campaign=ID] [OUTPUT=OUTCOME]…`"""
    identifier, outcome, *words = text.split()
    outcome, _, reason = outcome.partition(":")
    commune, _, rest = identifier.partition("/")
    rule, _, local = rest.partition("@")
    options = dict(word.split("=", 1) for word in words if "=" in word)
    played = [item(word, clips) for word in words if "=" not in word]
    outputs = {name: options.get(name) for name in CHANNELS if name in options} or {"loa-phuong": outcome}
    length = sum(i["planned_s"] for i in played)
    planned_at = datetime.fromisoformat(local + "+07:00")
    begun = outcome in ("aired", "partial", "unproven")
    quota = rule.removeprefix("make-good:") if rule.startswith("make-good:") else None
    kind = "make_good" if quota else rule if rule in NEVER_COUNTED else "campaign" if "campaign" in options else "scheduled"
    return {
        "id": identifier, "station": "dai-thu", "commune": commune, "commune_name": commune.title(),
        "slot": None if quota or rule in NEVER_COUNTED else rule, "slot_name": rule, "queue": None, "kind": kind,
        "priority": "normal", "planned_at": planned_at.isoformat(), "placement": "exact",
        "topics": sorted({topic for i in played for topic in i["topics"]}), "language": None,
        "campaign": options.get("campaign"), "moved_from": options.get("from"), "quota": quota,
        "makes_good_for": options.get("for"), "revision": "sha256:0", "choice": None,
        "started_at": planned_at.isoformat() if begun else None,
        "ended_at": (planned_at + timedelta(seconds=length)).isoformat() if begun else None,
        "start_error_ms": 0 if begun else None, "outcome": outcome, "reason": reason or None, "items": played,
        "outputs": [
            {"output": name, "name": name, "channel": CHANNELS[name], "outcome": how,
             "played_s": length if how == "aired" else 0.0}
            for name, how in outputs.items()
        ],
    }


def item(word, clips):
    path, _, outcome = word.partition("!")
    known = clips.get(path, {})
    outcome = outcome or "aired"
    return {
        "clip": path, "role": known.get("role", "clip"), "title": path, "topics": known.get("topics", [path.split("/")[0]]),
        "language": known.get("language"), "audience": known.get("audience", []), "hash": "sha256:0",
        "planned_s": known.get("seconds", 60.0), "played_s": known.get("seconds", 60.0) if outcome == "aired" else 1.0,
        "loudness_lufs": -16.0, "outcome": outcome, "reason": None if outcome == "aired" else "process",
    }

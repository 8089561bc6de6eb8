#!/usr/bin/env python3
"""Random stations, rehearsed and judged: `tests/oracle/run.py --stations 200 --years 3 [--seed S] [--jobs 2]`.

For each station its TOML is written, `loaphuong rehearse` airs its years with power cuts and lost devices, and the oracle
holds the verdicts against the exported journal. What disagrees is kept, with its files. Exit code 1 if anything does.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import journal
import oracle
import reading
import stations

ROOT = Path(__file__).resolve().parents[2]
# Lines of a station's differences that are printed; all stand in its folder.
TOLD = 20


class Run:
    """One campaign: its program, its folder, its audio."""

    def __init__(self, args):
        self.args, self.program = args, args.program or newest()
        self.folder = Path(args.keep or tempfile.mkdtemp(prefix="oracle-"))
        self.audio = self.folder / "audio"
        self.measured = None
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.audio.exists():
            stations.write_audio(self.audio)

    def station(self, n):
        """Writes, rehearses and judges one station: its differences, and how much there was to judge."""
        folder = self.folder / str(n)
        shutil.rmtree(folder, ignore_errors=True)
        station = stations.Station(f"{self.args.seed}:{n}", self.args.years)
        station.write(folder, self.audio)
        (folder / "state").mkdir()
        if self.measured:
            shutil.copy(self.measured, folder / "state" / "library.json")
        command = [self.program, "--config", folder, "rehearse", *station.arguments(), "--seed", str(n),
                   "--format", "json", "--journal", folder / "journal.ndjson"]
        (folder / "command").write_text(" ".join(str(word) for word in command) + "\n", "utf-8")
        began = time.monotonic()
        with open(folder / "answer.json", "wb") as answer, open(folder / "errors", "wb") as errors:
            code = subprocess.run([str(word) for word in command], stdout=answer, stderr=errors, check=False).returncode
        rehearsed = time.monotonic() - began
        if code not in (0, 1):
            return [f"rehearse ended with {code}: {(folder / 'errors').read_text('utf-8')[:2000]}"], ""
        found, size = self.judged(folder, station)
        (folder / "differences").write_text("".join(f"{line}\n" for line in found), "utf-8")
        if not found and not self.args.keep:
            shutil.rmtree(folder)
        return found, f"{size}, rehearsed in {rehearsed:.1f} s, judged in {time.monotonic() - began - rehearsed:.1f} s"

    def judged(self, folder, station):
        """What the oracle finds."""
        config, export = reading.read(folder), journal.read(folder / "journal.ndjson")
        answer = json.loads((folder / "answer.json").read_text("utf-8"))
        now = datetime.combine(station.last + timedelta(days=1), datetime.min.time(), config.zone)
        outages = [
            (start.replace(tzinfo=config.zone), (start + timedelta(seconds=lasts)).replace(tzinfo=config.zone))
            for start, lasts in station.power_cuts + station.device_losses
        ]
        found = oracle.judge(config, export, answer, station.first, station.last, now, outages)
        make_goods = sum(row.kind == "make_good" for row in export.rows)
        return found, f"{len(export.rows)} rows, {make_goods} make-goods, {len(answer['compliance'])} verdicts"

    def measure(self):
        """Has the program measure the audio once, for all stations."""
        folder = self.folder / "measured"
        if not folder.exists():
            stations.Station("measured", 1).write(folder, self.audio)
        command = [self.program, "--config", folder, "clips", "--rescan", "--format", "json"]
        subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, check=False)
        cache = folder / "state" / "library.json"
        self.measured = cache if cache.exists() else None

    def all(self):
        """Every station, so many at a time; how many disagree."""
        self.measure()
        wrong = 0
        numbers = self.args.only or range(self.args.stations)
        with ThreadPoolExecutor(self.args.jobs) as pool:
            for n, (found, size) in zip(numbers, pool.map(self.station, numbers)):
                wrong += bool(found)
                print(f"station {n}: {len(found)} differences; {size}", flush=True)
                for line in found[:TOLD]:
                    print(f"  {line}")
                if len(found) > TOLD:
                    print(f"  … {len(found) - TOLD} more")
        return wrong


def newest():
    """The program that was built last."""
    built = [ROOT / "target" / profile / "loaphuong" for profile in ("release", "debug")]
    there = [file for file in built if file.exists()]
    if not there:
        sys.exit("no program in target/: run `cargo build` first, or give --program")
    return max(there, key=lambda file: file.stat().st_mtime)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--years", type=float, default=3)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", type=int, nargs="+", help="these stations of the seed")
    parser.add_argument("--keep", help="a folder that keeps the files of every station")
    parser.add_argument("--program", type=Path, help="default: the newest in target/")
    args = parser.parse_args()
    run = Run(args)
    wrong = run.all()
    if wrong:
        print(f"{wrong} stations disagree; their files are in {run.folder}")
        return 1
    print("the program and the oracle agree")
    if not args.keep:
        shutil.rmtree(run.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

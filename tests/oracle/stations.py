"""Random but valid stations from a seed, with the faults of their rehearsal; and the audio that they share."""

import math
import random
import struct
import wave
from datetime import date, datetime, timedelta
from pathlib import Path

RATE = 8000
# Seconds of each clip: short, and some of which a slot or a make-good must take notice.
CLIPS = {
    "bhxh-tu-nguyen/a.wav": 1.5, "bhxh-tu-nguyen/b.wav": 2.0, "bhxh-tu-nguyen/c.wav": 45.0,
    "bhyt-ho-gia-dinh/a.wav": 1.5, "bhyt-ho-gia-dinh/b.wav": 1.7, "bhyt-ho-gia-dinh/c.wav": 3.0,
    "tin-tuc/a.wav": 1.6, "tin-tuc/b.wav": 100.0, "suc-khoe/a.wav": 1.8, "suc-khoe/b.wav": 2.2,
    "suc-khoe/c.wav": 1.5, "nhac-hieu/mo-dau.wav": 1.5,
}
TOPICS = ["bhxh-tu-nguyen", "bhyt-ho-gia-dinh", "tin-tuc", "suc-khoe"]
LANGUAGES, AUDIENCES = ["vi", "hmn", "tai"], ["hssv", "nguoi-cao-tuoi"]
CHANNELS = ["commune", "village", "mobile"]
DAYS = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"]
ENGLISH = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HOLIDAYS = ["tet-duong-lich", "tet-nguyen-dan", "gio-to", "giai-phong", "lao-dong", "quoc-khanh"]
# Rehearsals stay in the years of the oracle's table of holidays; shifts reach some weeks back.
FIRST, LAST = date(2023, 3, 15), date(2032, 12, 31)


def write_audio(folder):
    """One tone a clip, each of its own pitch, so that no two files are alike."""
    for n, (path, seconds) in enumerate(CLIPS.items()):
        file = Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        turn = 2 * math.pi * (300 + 40 * n) / RATE
        samples = (round(9000 * math.sin(turn * i)) for i in range(round(RATE * seconds)))
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


class Station:
    """One station: its files as text, and the rehearsal to be held with it."""

    def __init__(self, seed, years):
        self.random = random.Random(seed)
        self.days = round(365.25 * years)
        latest = (LAST - FIRST).days - self.days
        self.first = FIRST + timedelta(days=self.random.randint(0, max(0, latest)))
        self.last = self.first + timedelta(days=self.days - 1)
        self.zone = self.maybe(0.05, "Europe/Prague", "Asia/Ho_Chi_Minh")
        channels = ["commune"] + self.some(CHANNELS, 0, 2)
        self.outputs = {f"loa-{n}": channel for n, channel in enumerate(channels, 1)}
        self.kinds = {output: self.maybe(0.7, "device", "wav") for output in self.outputs}
        self.airs_at = []
        self.communes = [self.commune(n) for n in range(1, self.random.choice([1, 1, 2, 2, 3]) + 1)]
        self.power_cuts = self.faults(20 * years, 5, 72 * 3600)
        self.device_losses = self.faults(20 * years, 1, 12 * 3600)

    def write(self, folder, audio):
        """The files of its configuration."""
        lines = ["[station]", 'id = "dai"', 'name = "Đài"', f'timezone = "{self.zone}"', "[paths]",
                 'communes = "communes"', f'audio = "{audio}"', 'state = "state"']
        for name, channel in self.outputs.items():
            lines += ["[[output]]", f'id = "{name}"', f'name = "{name}"', f'channel = "{channel}"',
                      f'kind = "{self.kinds[name]}"']
        (Path(folder) / "communes").mkdir(parents=True)
        (Path(folder) / "station.toml").write_text("\n".join(lines) + "\n", "utf-8")
        for n, text in enumerate(self.communes, 1):
            (Path(folder) / "communes" / f"xa-{n}.toml").write_text(text, "utf-8")

    def arguments(self):
        """Of `loaphuong rehearse`."""
        found = ["--from", self.first.isoformat(), "--days", str(self.days)]
        for option, faults in (("--power-cut", self.power_cuts), ("--device-loss", self.device_losses)):
            for start, seconds in faults:
                found += [option, f"{start.isoformat()}/{lasting(seconds)}"]
        return found

    def maybe(self, chance, yes, no=None):
        return yes if self.random.random() < chance else no

    def some(self, of, least, most):
        return self.random.sample(of, self.random.randint(least, min(most, len(of))))

    def day(self, margin=60):
        """A day in or near the rehearsal."""
        return self.first + timedelta(days=self.random.randint(-margin, self.days + margin))

    def time(self, spans):
        """A local time, mostly inside the permitted hours, to five minutes."""
        first, last = self.random.choice(spans) if self.random.random() < 0.93 else (4 * 60, 23 * 60)
        minute = self.random.randrange(first, last, 5)
        return f"{minute // 60:02}:{minute % 60:02}"

    def faults(self, count, shortest, longest):
        """Moments and how many seconds each lasts; most begin where something is on air, or about to be."""
        found = []
        for _ in range(self.random.randint(0, round(2 * count))):
            start = datetime.combine(self.first + timedelta(days=self.random.randrange(self.days)), datetime.min.time())
            if self.random.random() < 0.7:
                days, at = self.random.choice(self.airs_at)
                while start.weekday() not in days:
                    start += timedelta(days=1)
                hour, minute = at.split(":")
                start += timedelta(hours=int(hour), minutes=int(minute), seconds=self.random.choice([-9, 0, 1, 2, 20]))
            else:
                start += timedelta(minutes=self.random.randrange(1440))
            found.append((start, round(math.exp(self.random.uniform(math.log(shortest), math.log(longest))))))
        found.sort()
        # All are over before the end: what stands in the journal of an outage is written when it is over.
        end = datetime.combine(self.last, datetime.min.time())
        found = [(start, seconds) for start, seconds in found if start + timedelta(seconds=seconds) < end]
        # None begins before the one before is over: what that would mean is nowhere written.
        return [f for n, f in enumerate(found) if all(s + timedelta(seconds=d + 60) < f[0] for s, d in found[:n])]

    def commune(self, n):
        """The text of one commune's file."""
        self.spans = self.random.choice([[(300, 1290)], [(300, 390), (660, 720), (990, 1110)], [(330, 480), (1020, 1200)],
                                         [(0, 1440)]])
        self.queues, self.slots, self.weekly, self.bound = [], [], 0, self.random.random() < 0.7
        self.carried = self.some(list(self.outputs), 1, 3)
        lines = ["[commune]", f'id = "xa-{n}"', f'name = "Xã {n}"', f"outputs = {quoted(self.carried)}"]
        lines += self.hours() + self.notes()
        for q in range(self.random.randint(0, 2)):
            lines += self.queue(f"hang-{q + 1}")
        for s in range(self.random.randint(1, 4)):
            lines += self.slot("slot", f"khung-{s + 1}", False)
        for c in range(self.random.choice([0, 0, 1, 1, 2])):
            lines += self.campaign(c + 1)
        for q in range(self.random.choice([1, 1, 2, 2, 3, 4])):
            lines += self.quota(f"chi-tieu-{q + 1}")
        return "\n".join(lines + self.holidays()) + "\n"

    def hours(self):
        allowed = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in self.spans]
        lines = ["[hours]", f"allowed = {quoted(allowed)}"]
        lines += self.maybe(0.3, [f"max_airings_per_day = {self.random.randint(1, 5)}"], [])
        return lines + self.maybe(0.1, [f"max_minutes_per_day = {self.random.randint(1, 6)}"], [])

    def notes(self):
        """What the file says of some clips."""
        lines = []
        for path in self.some([clip for clip in CLIPS if not clip.startswith("nhac")], 0, 8):
            lines += ["[[clip]]", f'file = "{path}"']
            lines += self.maybe(0.6, [f'language = "{self.random.choice(LANGUAGES)}"'], [])
            lines += self.maybe(0.5, [f"audience = {quoted(self.some(AUDIENCES, 1, 2))}"], [])
            lines += self.maybe(0.15, [f"topics = {quoted(self.some(TOPICS, 1, 2))}"], [])
            lines += self.maybe(0.1, [f"valid_until = {self.day()}"], self.maybe(0.1, [f"valid_from = {self.day()}"], []))
        return lines

    def queue(self, name):
        self.queues.append(name)
        lines = ["[[queue]]", f'id = "{name}"', f'order = "{self.random.choice(["quota", "quota", "least_recent", "in_order"])}"']
        if self.random.random() < 0.7:
            return lines + [f"topics = {quoted(self.some(TOPICS, 1, 3))}"]
        return lines + [f"clips = {quoted(self.some(list(CLIPS)[:-1], 2, 5))}"]

    def slot(self, table, name, of_campaign):
        """A recurring rule: by days, by cron or bound to a holiday."""
        lines = [f"[[{table}]]", f'id = "{name}"', f'name = "Khung {name}"']
        lines += self.maybe(0.5 if self.queues else 0, [f'queue = "{(self.queues or [""])[0]}"'],
                            [f"topics = {quoted(self.some(TOPICS, 1, 2))}"])
        lines += [f'start_within = "{self.random.choice([1, 5, 15, 30])}m"']
        lines += self.maybe(0.2, ['max_length = "1m"'], []) + self.maybe(0.2, ['intro = "nhac-hieu/mo-dau.wav"'], [])
        days = self.random.sample(range(7), self.random.choice([1, 2, 2, 3, 5]))
        at = sorted({self.time(self.spans) for _ in range(self.random.choice([1, 1, 1, 2]))})
        self.airs_at += [(days, time) for time in at]
        if not of_campaign:
            self.slots.append(name)
            lines += self.maybe(0.05, ["enabled = false"], [])
            if self.bound and self.random.random() < 0.1:
                offset = self.random.choice([-1, 0, 0, 1, 3])
                bound = [f'holiday = "{self.random.choice(HOLIDAYS)}"', f"day_offset = {offset}", f"at = {quoted(at)}"]
                return lines + bound
            self.weekly += len(days) * len(at)
        lines += self.maybe(0.15, [f'on_holiday = "{self.random.choice(["skip", "play", "shift"])}"'], [])
        if self.random.random() < 0.15:
            hour, minute = at[0].split(":")
            names = ",".join(ENGLISH[day] for day in sorted(days))
            return lines + [f'cron = "{int(minute)} {int(hour)} * * {names}"']
        return lines + [f"days = {quoted(DAYS[day] for day in sorted(days))}", f"at = {quoted(at)}"]

    def campaign(self, n):
        first = self.day(10)
        lines = ["[[campaign]]", f'id = "dot-{n}"', f'name = "Đợt {n}"', f"from = {first}",
                 f"until = {first + timedelta(days=self.random.randint(0, 60))}"]
        lines += self.maybe(0.4, [f"replaces = {quoted(self.some(self.slots, 1, 2))}"], [])
        for s in range(self.random.randint(1, 2)):
            lines += self.slot("campaign.slot", f"dot-{n}-khung-{s + 1}", True)
        return lines

    def quota(self, name):
        """A promise that the schedule about reaches."""
        period = self.random.choice(["day", "week", "week", "week", "month", "month", "quarter", "year", "plan"])
        weeks = {"day": 1 / 7, "week": 1, "month": 4.3, "quarter": 13, "year": 52, "plan": self.days / 7}[period]
        airings = max(1, round(self.weekly * weeks * self.random.uniform(0.4, 1.1)))
        lines = ["[[quota]]", f'id = "{name}"', f'name = "Chỉ tiêu {name}"', f'period = "{period}"', f"airings = {airings}"]
        lines += self.maybe(0.5, ['basis = "Kế hoạch"'], []) + self.validity(period == "plan")
        shares = [f'{key} = {self.random.randint(1, max(1, airings // 2))}' for key in self.shares()]
        lines += [f"at_least = {{ {', '.join(shares)} }}"] if shares else []
        # A channel that the commune lacks is an error.
        there = [self.outputs[output] for output in self.carried]
        spared = "commune" in there and self.random.random() < 0.6
        lines += [] if spared else [f'channel = "{self.random.choice(there)}"']
        lines += self.maybe(0.6, [f'partial_period = "{self.random.choice(["full", "pro_rata", "exempt"])}"'], [])
        lines += self.maybe(0.25, ['count = "clips"'], [])
        if period in ("month", "quarter", "year"):
            lines += self.maybe(0.5, [f"closing_day = {self.random.choice([1, 10, 25, 28])}"], [])
        if self.random.random() < 0.75:
            inside = [span for span in self.spans if span[1] - span[0] >= 30]
            at = dict.fromkeys(self.time(inside) for _ in range(self.random.randint(1, 3)))
            lines += ["[quota.make_good]", f"at = {quoted(at)}"]
            lines += self.maybe(0.5, [f"max_per_day = {self.random.randint(1, 3)}"], [])
        return lines

    def shares(self):
        keys = [topic for topic in TOPICS] + ['"language:hmn"', '"audience:hssv"']
        return self.some(keys, 0, 2) if self.random.random() < 0.6 else []

    def validity(self, needed):
        """From when until when a quota binds."""
        if not needed and self.random.random() < 0.5:
            return []
        first = self.day(100)
        last = first + timedelta(days=self.random.randint(20, 700))
        if needed:
            return [f"from = {first}", f"until = {last}"]
        return self.maybe(0.8, [f"from = {first}"], []) + self.maybe(0.6, [f"until = {last}"], [])

    def holidays(self):
        """Skipped, played or shifted; more days; mourning."""
        if self.random.random() < 0.35:
            return []
        lines = ["[holidays]"] + self.maybe(0.2, ['calendar = "none"'], [])
        lines += self.maybe(0.7, [f'on_holiday = "{self.random.choice(["skip", "play", "shift", "shift"])}"'], [])
        day = self.first + timedelta(days=self.random.randint(0, 60))
        for n in range(self.random.randint(0, 6)):
            until = day + timedelta(days=self.random.choice([0, 0, 1, 4]))
            mourning = self.random.random() < 0.3
            lines += ["[[holidays.mourning]]" if mourning else "[[holidays.extra]]", f'name = "Ngày {n + 1}"']
            lines += [f"date = {day}"] if day == until and not mourning else [f"from = {day}", f"until = {until}"]
            actions = ["skip", "without_music"] if mourning else ["skip", "play", "shift"]
            lines += self.maybe(0.7, [f'action = "{self.random.choice(actions)}"'], [])
            day = until + timedelta(days=self.random.randint(1, max(2, self.days // 5)))
        return lines


def quoted(words):
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def lasting(seconds):
    """A duration as it is typed."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"

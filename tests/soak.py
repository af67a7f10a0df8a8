"""Soak: the whole appliance for hours of virtual time under random faults, and what it grew by.

    python -m tests.soak [--hours 8] [--seed 1]

A lifter trains all the time, at chips whose bus fails, which reset and vanish, before a host that oversleeps
and a real broker that is killed and started again. Journal and recordings are real files. Prints a line for
each part of the time: memory, open files, threads; at the end, with the broker there, whether every result
was delivered, journal and recordings are whole and every number is there once. Ends with 1 where something
grew, was left behind or is missing.

Every sample is accounted for by `python -m tests.accounting`.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np

from firmware.appliance import outlets
from firmware.config import Panel
from firmware.config.sections import Mqtt, Recording
from firmware.journal.opening import open_journal
from firmware.recording import open_recording
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto
from tests.chips.bus import Fault
from tests.chips.signals import Repeated
from tests.gym.long import long_session
from tests.gym.simulate import simulate
from tests.memory import held_mb
from tests.virtual_rig import POWER_ON_S, VirtualRig
from tracker.blocks import Stream

MOST_MB_PER_HOUR = 1.0
BETWEEN_FAULTS_S = (2.0, 30.0)
BROKER_EVERY_S = 900.0
BROKER_AWAY_S = 60.0
CALM_S = 20.0
PATIENCE_S = 60.0
"""Of real time, for what still waits at the end: the client tries a broker every 15 s of it at most, while
virtual time runs so fast that the calm end is over by then."""

MOST_FILES = 12
MOST_THREADS = 5
"""Held at once beside what was there before: 9 and 3 were seen."""

COUNTED_EVERY_S = 5.0
FIRST_SHARE = 0.25
"""Of the time, in which caches fill and memory settles: the slope is that of the rest."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the process held at a moment of session time."""

    at_s: float
    held_mb: float
    files: int
    threads: int


@dataclass
class Soaked:
    """What came of it. `wrong`: what does not hold, in words.

    `most_files` and `most_threads`: held at once at any time. `undelivered`: results that the broker had not
    taken in the end, although it was there, or had refused.
    """

    looks: list[Look] = field(default_factory=list)
    most_files: int = 0
    most_threads: int = 0
    undelivered: int = 0
    faults: int = 0
    broker_kills: int = 0
    reps: int = 0
    results: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def mb_per_hour(self) -> float:
        """Slope of memory after the first part, by least squares; 0 while there is too little to tell."""
        settled = self.looks[int(FIRST_SHARE * len(self.looks)) :]
        if len(settled) < 3:
            return 0.0
        hours = np.array([look.at_s / 3600.0 for look in settled])
        return float(np.polyfit(hours, [look.held_mb for look in settled], 1)[0])

    def count(self) -> None:
        """Count what is held now."""
        self.most_files = max(self.most_files, open_files())
        self.most_threads = max(self.most_threads, threading.active_count())

    def judge(self, before: Look, length_s: float) -> None:
        """Find what is wrong with a soak that has ended, against what was held before it."""
        after = self.looks[-1]
        if after.files > before.files or after.threads > before.threads:
            self.wrong.append(
                f"left behind: {after.files - before.files} files, {after.threads - before.threads} threads"
            )
        files, threads = self.most_files - before.files, self.most_threads - before.threads
        if files > MOST_FILES or threads > MOST_THREADS:
            self.wrong.append(f"held at once: {files} files, {threads} threads more than before")
        if self.mb_per_hour > MOST_MB_PER_HOUR and length_s >= 3600.0:
            self.wrong.append(f"memory grows by {self.mb_per_hour:.2f} MB an hour")
        if self.undelivered:
            self.wrong.append(f"{self.undelivered} of {self.results} results were not delivered")


def look(at_s: float) -> Look:
    return Look(at_s, held_mb(), open_files(), threading.active_count())


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def soak(
    folder: Path,
    length_s: float,
    seed: int,
    *,
    looks: int,
    broker_every_s: float = BROKER_EVERY_S,
    patience_s: float = PATIENCE_S,
    tell: Callable[[str], None] = lambda line: None,
) -> Soaked:
    """Run the appliance for so long in `folder`; look so many times.

    The broker is killed every `broker_every_s`, and is there at the end; what it has not taken by then is
    waited for `patience_s` of real time at most.
    """
    soaked = Soaked()
    made = simulate(long_session(2))
    rig = VirtualRig(replace(made, duration_s=length_s))
    for chip in rig.chips.values():
        for name in ("angle", "force", "acceleration", "rate"):
            if hasattr(chip, name):
                setattr(chip, name, Repeated(getattr(chip, name), POWER_ON_S, made.duration_s))
    broker = Mosquitto(folder)
    broker.start()
    _schedule_faults(rig, Random(seed), length_s, soaked)
    config = config_for(
        rig,
        mqtt=Mqtt(port=broker.port),
        recording=Recording(longest_min=5, keep_free_mb=0),
        panel=Panel(kind="none"),
    )
    bench = Bench(rig, folder / "state", config)
    (folder / "state").mkdir()

    def watch(at_s: float) -> None:
        soaked.looks.append(look(at_s))
        tell(_line(soaked))

    def kill_broker() -> None:
        soaked.broker_kills += 1
        broker.kill()
        rig.at(rig.clock.now() - POWER_ON_S + min(BROKER_AWAY_S, 0.5 * broker_every_s), broker.start)

    for part in range(1, looks + 1):
        rig.at(length_s * part / (looks + 1), partial(watch, length_s * part / (looks + 1)))
    for number in range(1, int(length_s / broker_every_s)):
        rig.at(broker_every_s * number, kill_broker)
    for number in range(1, int(length_s / COUNTED_EVERY_S)):
        rig.at(COUNTED_EVERY_S * number, soaked.count)
    before = look(0.0)
    with patch.object(outlets, "GOODBYE_S", patience_s):
        soaked.reps = bench.run().reps
    soaked.looks.append(look(length_s))
    assert broker.process is not None, "it is to be there at the end"
    broker.kill()
    _read_back(bench, soaked)
    soaked.judge(before, length_s)
    return soaked


def _line(soaked: Soaked) -> str:
    now = soaked.looks[-1]
    return (
        f"{now.at_s / 3600.0:6.2f} h: {now.held_mb:6.1f} MB, {now.files} files, {now.threads} threads, "
        f"{soaked.faults} faults, broker killed {soaked.broker_kills} times"
    )


def _schedule_faults(rig: VirtualRig, random: Random, length_s: float, soaked: Soaked) -> None:
    """Let one fault follow the other until shortly before the end."""

    def strike(at_s: float, act: Callable[[], object]) -> None:
        def struck() -> None:
            soaked.faults += 1
            act()

        rig.at(at_s, struck)

    now_s = 30.0
    while now_s < length_s - CALM_S:
        chip = rig.chips[random.choice(list(rig.chips))]
        match random.choice(("nack", "hang", "reset", "away", "asleep", "magnet")):
            case "nack":
                strike(now_s, partial(rig.model.inject, Fault.NACK, times=random.randint(1, 20)))
            case "hang":
                strike(now_s, partial(rig.model.inject, Fault.HANG, times=random.randint(1, 3)))
            case "reset":
                strike(now_s, chip.brown_out)
            case "away":
                strike(now_s, partial(setattr, chip, "present", False))
                rig.at(now_s + random.uniform(0.1, 8.0), partial(setattr, chip, "present", True))
            case "asleep":
                strike(now_s, partial(rig.clock.sleep, random.uniform(0.02, 1.5)))
            case "magnet":
                cable = rig.chips[Stream.CABLE]
                strike(now_s, partial(setattr, cable, "magnet", "lost"))
                rig.at(now_s + random.uniform(0.1, 3.0), partial(setattr, cable, "magnet", "good"))
        now_s += random.uniform(*BETWEEN_FAULTS_S)


def _read_back(bench: Bench, soaked: Soaked) -> None:
    """Whether journal and recordings are whole, and what was not delivered."""
    opened = open_journal(bench.places.journal)
    entries, damaged = opened.file.read(0, 10**9, 10**9)
    numbers = [entry.seq for entry in entries]
    soaked.results = len(entries)
    if damaged or opened.notes or numbers != list(range(1, len(numbers) + 1)):
        soaked.wrong.append(f"the journal is not whole: {damaged} {opened.notes} {len(numbers)} results")
    waiting = {seq for seq in numbers if seq > opened.file.delivered_seq}
    soaked.undelivered = len(waiting | opened.file.refused.keys())
    opened.file.close()
    for path in bench.recordings:
        if not path.name.endswith(".mcap") or open_recording(path).notes:
            soaked.wrong.append(f"{path.name}: not finished, or damaged")


def main() -> int:
    """Return 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.split("\n")[0])
    parser.add_argument("--hours", type=float, default=8.0, help="of virtual time (default 8)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults (default 1)")
    parser.add_argument("--folder", type=Path, help="where it writes (default: a temporary folder)")
    options = parser.parse_args()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        soaked = soak(
            Path(folder),
            options.hours * 3600.0,
            options.seed,
            looks=max(8, round(4 * options.hours)),
            tell=partial(print, flush=True),
        )
    print(
        f"{soaked.reps} reps, {soaked.results} results, {soaked.faults} faults, broker killed "
        f"{soaked.broker_kills} times, {soaked.undelivered} not delivered, at most {soaked.most_files} files "
        f"and {soaked.most_threads} threads, {soaked.mb_per_hour:+.2f} MB an hour, "
        f"{options.hours * 3600.0 / (time.monotonic() - began_s):.0f} times real time"
    )
    for wrong in soaked.wrong:
        print(wrong)
    return 1 if soaked.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

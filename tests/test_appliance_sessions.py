"""One session after another: when one is over, what the next begins with, and what is kept of an idle day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import pi
from pathlib import Path

import msgspec
import numpy as np
import pytest

from firmware.app import Outcome
from firmware.appliance import World, appliance
from firmware.appliance.intake import since
from firmware.config import Cable, Config, Imu, Load, Panel, Places, Sensors
from firmware.config.sections import Mqtt, Recording, Session
from firmware.i2c.bus import Bus
from firmware.journal.journal import Journal
from firmware.notify import ServiceManager
from firmware.numbering import Numbered
from firmware.recording import open_recording, read_results
from firmware.sampling.account import Account, Health, Sampled
from firmware.sampling.sampler import Sampler
from firmware.wall_clock import WallClock
from tests.appliance_rig import BEGAN
from tests.chips.bus import ModelBus
from tests.chips.clock import VirtualClock
from tests.made_recordings import RATE_HZ, cable_positions
from tracker.blocks import Announced, Announcement, Gap, RawBlock, RawSamples, Stream
from tracker.messages import Rep

SENSORS = Sensors(ankle=Imu(enabled=False), load=Load(enabled=False), cable=Cable(pulley_diameter_m=0.06))
COUNTS_PER_M = 4096 / (pi * SENSORS.cable.pulley_in_use_m)
BLOCK = 25
"""Samples in a block."""


class PromptJournal(Journal):
    """A journal whose disk is as fast as the virtual time, in which a day passes in a second."""

    def kept(self, within_s: float = 0.0) -> list[Numbered]:
        return super().kept(30.0)


class Day:
    """Cable travel of a day, at RATE_HZ, handed on as the sampler would."""

    def __init__(
        self, positions: list[float], announced: tuple[Announced, ...] = (), fails_at_s: float = float("inf")
    ) -> None:
        self._counts = np.round(np.array(positions) * COUNTS_PER_M).astype(np.int64).reshape(-1, 1)
        self._announced = announced
        self._stopped = False
        self._fails_at_s = fails_at_s
        self.clock = VirtualClock(5000.0)

    def __iter__(self) -> Iterator[Sampled]:
        for first in range(0, len(self._counts), BLOCK):
            t_s = np.arange(first, min(first + BLOCK, len(self._counts))) / RATE_HZ
            start_s, end_s = first / RATE_HZ, (first + BLOCK) / RATE_HZ
            self.clock.until(5000.0 + end_s)
            if end_s > self._fails_at_s:
                raise RuntimeError("a mistake in the sampler")
            said = tuple(each for each in self._announced if start_s <= each.t_s < end_s)
            streams = {Stream.CABLE: RawSamples(t_s, self._counts[first : first + BLOCK])}
            yield Sampled(RawBlock(start_s, end_s, streams, said), Health({Stream.CABLE: Account()}))
            if self._stopped:
                return

    def stop(self) -> None:
        self._stopped = True

    def run(self, state: Path, config: Config) -> Outcome:
        @contextmanager
        def sampling(_: Sampler) -> Iterator[Day]:
            yield self

        now = self.clock.now
        world = World(
            open_bus=lambda number: Bus(ModelBus(self.clock, {}), f"i2c-{number}"),
            now=now,
            wall=WallClock(now, lambda: BEGAN + timedelta(seconds=now() - 5000.0), lambda: True),
            sampling=sampling,
            manager=ServiceManager({}),
            journal=PromptJournal,
        )
        return appliance(config, Places(state, state / "recordings"), world)


def rest(minutes: float) -> list[float]:
    return [0.0] * round(minutes * 60.0 * RATE_HZ)


def config(ends_after_min: int, longest_min: int = 60) -> Config:
    return Config(
        session=Session(leg="left", ends_after_min=ends_after_min),
        sensors=SENSORS,
        recording=Recording(keep_free_mb=0, longest_min=longest_min),
        mqtt=Mqtt(enabled=False),
        panel=Panel(kind="none"),
    )


def recorded(state: Path) -> list[Path]:
    return sorted((state / "recordings").iterdir())


def test_each_lifter_of_a_day_gets_a_session_and_a_recording(tmp_path: Path) -> None:
    day = Day(cable_positions(3) + rest(4.0) + cable_positions(2) + rest(0.5))
    outcome = day.run(tmp_path, config(ends_after_min=2))
    assert (outcome.reps, outcome.sets, outcome.faults) == (5, 2, {})
    first, second = recorded(tmp_path)
    assert first.name == "kickback-20260501-173000.mcap"
    sets = []
    for path in (first, second):
        results = [msgspec.json.decode(result.payload) for result in read_results(path)]
        assert {result["session"] for result in results} == {path.stem.removeprefix("kickback-")}
        sets.append(
            [
                (result["set"], result["rep"], result["seq"])
                for result in results
                if result["schema"] == Rep.SCHEMA
            ]
        )
    assert sets == [[(1, 1, 1), (1, 2, 2), (1, 3, 3)], [(1, 1, 6), (1, 2, 7)]]
    began = open_recording(second)
    assert began.start_s == pytest.approx(0.0, abs=0.01)
    assert began.started_at is not None
    assert began.started_at.startswith("2026-05-01T17:32")


def test_the_time_of_an_event_is_the_day_s_time_in_every_session(tmp_path: Path) -> None:
    Day(cable_positions(1) + rest(4.0) + cable_positions(1) + rest(0.5)).run(
        tmp_path, config(ends_after_min=2)
    )
    first, second = (
        msgspec.json.decode(next(result.payload for result in read_results(path) if result.topic == "rep"))
        for path in recorded(tmp_path)
    )
    assert first["ts"].startswith("2026-05-01T17:30:0")
    later_s = (len(cable_positions(1)) + len(rest(4.0))) / RATE_HZ
    happened = [datetime.fromisoformat(each["ts"]) for each in (first, second)]
    assert (happened[1] - happened[0]).total_seconds() == pytest.approx(later_s, abs=0.1)


def test_of_an_idle_day_nothing_is_kept_but_the_session_that_is_under_way(tmp_path: Path) -> None:
    outcome = Day(rest(11.0)).run(tmp_path, config(ends_after_min=1, longest_min=3))
    assert outcome.reps == 0
    (last,) = recorded(tmp_path)
    assert last.name.startswith("kickback-20260501-1739")


def test_an_announcement_is_something_that_happened(tmp_path: Path) -> None:
    said = (Announced(30.0, Announcement.NEW_SET),)
    Day(rest(5.0), said).run(tmp_path, config(ends_after_min=2, longest_min=3))
    assert len(recorded(tmp_path)) == 2
    assert open_recording(recorded(tmp_path)[0]).announced == said


@pytest.mark.parametrize("late_s", [-1.2, -0.75, -0.3, -0.15, 0.0, 0.3])
def test_a_session_is_never_cut_in_the_middle_of_a_movement(late_s: float, tmp_path: Path) -> None:
    """The set is closed 12 s after its rep, the session two minutes later; a rep begins about then."""
    pause = [0.0] * round((127.0 + late_s) * RATE_HZ)
    day = Day(cable_positions(1) + pause + cable_positions(2) + rest(0.5))
    outcome = day.run(tmp_path, config(ends_after_min=2))
    assert (outcome.reps, outcome.rejected) == (3, 0)
    assert len(recorded(tmp_path)) == (1 if late_s <= 0.0 else 2)


def test_a_sampler_that_fails_costs_neither_the_rep_nor_the_set_nor_the_recording(tmp_path: Path) -> None:
    day = Day(cable_positions(3), fails_at_s=2.0 + 5.4 + 3.0)
    with pytest.raises(RuntimeError, match="a mistake in the sampler"):
        day.run(tmp_path, config(ends_after_min=2))
    (path,) = recorded(tmp_path)
    assert path.suffix == ".mcap"
    results = [msgspec.json.decode(result.payload) for result in read_results(path)]
    assert [result["kind"] for result in results if result["schema"] == Rep.SCHEMA] == ["full", "unfinished"]
    assert [result.get("end_reason") for result in results[-2:]] == ["session_end", None]


def test_counting_from_another_moment_moves_everything_in_a_block() -> None:
    counts = RawSamples(np.array([10.25, 10.5]), np.array([[1], [2]]))
    block = RawBlock(
        10.0,
        11.0,
        {Stream.CABLE: counts},
        (Announced(10.5, Announcement.END_SET),),
        (Gap(Stream.LOAD, 10.0, 10.75, "bus errors"),),
    )
    moved = since(block, 8.0)
    assert (moved.start_s, moved.end_s) == (2.0, 3.0)
    assert moved.streams[Stream.CABLE].t_s.tolist() == [2.25, 2.5]
    assert moved.streams[Stream.CABLE].counts is counts.counts
    assert moved.announced == (Announced(2.5, Announcement.END_SET),)
    assert moved.gaps == (Gap(Stream.LOAD, 2.0, 2.75, "bus errors"),)

"""The broker is away for a day of training: the count goes on undisturbed, and everything arrives after.

`KICKBACK_DAY_REPS=1000 pytest -s tests/test_outage.py` is a whole day of 1,000 reps at the product's own
back-off, some minutes long; the suite plays a quarter of an hour of it.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from firmware.config import Config, Places
from firmware.config.sections import Mqtt
from firmware.sampling.account import Sampled
from tests.broker import LOOPBACK, Mosquitto, Subscriber
from tests.made_journals import everything
from tests.made_recordings import RATE_HZ, cable_positions
from tests.memory import held_mb
from tests.test_appliance_sessions import Day, config, rest

REPS = int(os.environ.get("KICKBACK_DAY_REPS", "10"))
REPS_IN_A_SET = 5
DAY_MIN = 24 * 60 * REPS / 1000
WITHIN_S = 60.0


def positions() -> list[float]:
    """Sets of ten, spread over the day."""
    a_set = cable_positions(REPS_IN_A_SET)
    sets = REPS // REPS_IN_A_SET
    pause = rest(DAY_MIN / sets - len(a_set) / RATE_HZ / 60.0)
    return [x for _ in range(sets) for x in (*a_set, *pause)]


@dataclass
class Watch:
    """How long the loop took for each block until it asked for the next one, and the memory in use."""

    took_s: list[float] = field(default_factory=list)
    held_mb: list[float] = field(default_factory=list)

    @property
    def grew_mb(self) -> float:
        return max(self.held_mb) - self.held_mb[0]

    def over(self, blocks: Iterator[Sampled]) -> Iterator[Sampled]:
        for number, block in enumerate(blocks):
            before_s = monotonic()
            yield block
            self.took_s.append(monotonic() - before_s)
            if number % 1000 == 0:
                self.held_mb.append(held_mb())


class WatchedDay(Day):
    """A day, and then rest in real time for as long as `more` says."""

    def __init__(self, watch: Watch, more: Callable[[], bool] = lambda: False) -> None:
        super().__init__(positions())
        self._watch = watch
        self._more = more

    def __iter__(self) -> Iterator[Sampled]:
        last: Sampled | None = None
        for last in self._watch.over(super().__iter__()):
            yield last
        pause = threading.Event()
        while last is not None and self._more():
            pause.wait(0.02)
            block = last.block
            length_s = block.end_s - block.start_s
            # The last block of the day is one of rest; it goes on like that.
            still = replace(block, start_s=block.end_s, end_s=block.end_s + length_s, streams={})
            last = replace(last, block=still)
            yield last


def kept(state: Path, chosen: Config, watch: Watch) -> list[dict[str, Any]]:
    """The results in the journal after a day without publishing."""
    WatchedDay(watch).run(state, chosen)
    return results([json.loads(entry.payload) for entry in everything(Places(state, state).journal)[0]])


def results(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the core found, without its number: the machine's own faults are numbered too."""
    return [
        {name: value for name, value in event.items() if name not in ("id", "seq")}
        for event in events
        if event["schema"] != "kickback.fault/1"
    ]


def test_a_day_without_the_broker_changes_no_event_and_all_of_it_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if REPS < 1000:
        monkeypatch.setattr("firmware.mqtt.client._BACK_OFF_S", (0.05, 0.5))
    quiet, away = Watch(), Watch()
    alone = tmp_path / "alone"
    alone.mkdir()
    undisturbed = kept(alone, config(20), quiet)

    broker = Mosquitto(tmp_path)
    heard: list[Subscriber] = []
    returned_s = [0.0]

    def until_all_is_heard() -> bool:
        if not heard:
            broker.start()
            returned_s[0] = monotonic()
            heard.append(Subscriber(broker.port, "kickback/v1/kickback/event/#"))
        there = sum("event/fault" not in h.topic for h in list(heard[0].heard))
        return there < len(undisturbed) and monotonic() - returned_s[0] < WITHIN_S

    published = tmp_path / "published"
    published.mkdir()
    chosen = msgspec.structs.replace(config(20), mqtt=Mqtt(host=LOOPBACK, port=broker.port))
    try:
        WatchedDay(away, until_all_is_heard).run(published, chosen)
        took_s = monotonic() - returned_s[0]
        arrived = [json.loads(h.payload) for h in list(heard[0].heard)]
    finally:
        for subscriber in heard:
            subscriber.close()
        broker.kill()
    assert took_s < WITHIN_S
    assert [event["seq"] for event in arrived] == list(range(1, len(arrived) + 1)), "all, once, in order"
    assert results(arrived) == undisturbed
    assert [event["schema"] for event in undisturbed].count("kickback.rep/1") == REPS
    assert arrived[0]["part"] == "mqtt", "that the broker was away is told too"
    assert away.grew_mb < quiet.grew_mb + 8.0
    mean_ms = [1000.0 * sum(watch.took_s) / len(watch.took_s) for watch in (quiet, away)]
    slowest_ms = [1000.0 * max(watch.took_s) for watch in (quiet, away)]
    print(
        f"{len(arrived)} results of {REPS} reps in order, {took_s:.1f} s after the broker was back; "
        f"memory grew by {away.grew_mb:.1f} MB (without a broker to look for, {quiet.grew_mb:.1f} MB); "
        f"the loop took {mean_ms[1]:.2f} ms a block, {slowest_ms[1]:.0f} ms at most "
        f"(without: {mean_ms[0]:.2f}, {slowest_ms[0]:.0f})",
    )

"""What goes wrong around a session changes none of its results: the time of day, the supply, the broker."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware.config.sections import Mqtt
from firmware.mqtt.guarded import GuardedClient
from firmware.recording import read_results
from tests.appliance_rig import BEGAN, Bench, config_for
from tests.broker import LOOPBACK, PATIENCE_S, free_port
from tests.made_journals import everything
from tests.test_appliance import FIRST_REP_S, lines, two_reps
from tests.virtual_rig import POWER_ON_S, VirtualRig

TOLD_APART = ("id", "seq", "ts", "session")
"""What an event says of its number and its time of day; all else is of the session's own clock."""


class JumpingBench(Bench):
    """Somebody sets the wall clock between the two reps."""

    jump = timedelta()

    def utc(self) -> datetime:
        now_s = self.rig.clock.now() - POWER_ON_S
        jump = self.jump if now_s > FIRST_REP_S + 3.0 else timedelta()
        return BEGAN + timedelta(seconds=now_s) + jump


def bench_at(state: Path, kind: type[Bench] = Bench, **sections: object) -> Bench:
    rig = VirtualRig(two_reps())
    return kind(rig, state, config_for(rig, **sections))


def found(bench: Bench) -> list[dict[str, Any]]:
    """The results of the session in its recording, without number and time of day."""
    events = [json.loads(result.payload) for result in read_results(bench.recordings[0])]
    return [
        {name: value for name, value in event.items() if name not in TOLD_APART}
        for event in events
        if event["schema"] != "kickback.fault/1"
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    bench = bench_at(tmp_path_factory.mktemp("undisturbed"))
    assert bench.run().reps == 2
    return found(bench)


@pytest.mark.fault(22)
@pytest.mark.parametrize("hours", [-56.0 * 365.0 * 24.0, 2.0])
def test_a_wall_clock_that_jumps_between_two_reps_changes_no_result(
    hours: float, tmp_path: Path, undisturbed: list[dict[str, Any]]
) -> None:
    bench = bench_at(tmp_path, JumpingBench)
    assert isinstance(bench, JumpingBench)
    bench.jump = timedelta(hours=hours)
    assert bench.run().reps == 2
    assert found(bench) == undisturbed


@pytest.mark.fault(24)
def test_a_weak_supply_and_a_hot_processor_change_no_result(
    tmp_path: Path, undisturbed: list[dict[str, Any]]
) -> None:
    bench = bench_at(tmp_path)
    bench.power = 0xF000F
    assert bench.run().reps == 2
    assert found(bench) == undisturbed


@pytest.mark.fault(26)
def test_without_a_broker_everything_is_counted_and_saved_and_it_is_said(
    tmp_path: Path,
    undisturbed: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed = threading.Event()
    connect_failed = GuardedClient._handle_on_connect_fail

    def noted(client: GuardedClient) -> None:
        connect_failed(client)
        failed.set()

    monkeypatch.setattr(GuardedClient, "_handle_on_connect_fail", noted)
    bench = bench_at(tmp_path, mqtt=Mqtt(host=LOOPBACK, port=free_port()))
    bench.rig.at(1.0, lambda: failed.wait(PATIENCE_S))
    assert bench.run().reps == 2
    assert found(bench) == undisturbed
    saved = [json.loads(entry.payload) for entry in everything(bench.places.journal)[0]]
    assert [event["schema"] for event in saved].count("kickback.rep/1") == 2
    assert "not reachable; check its address" in next(line for line in lines(capsys) if "mqtt" in line)

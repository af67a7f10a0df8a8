"""What a session is compared with: the sets of the last session, out of the journal and of this run."""

from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest

from firmware.appliance import earlier as module
from firmware.appliance.earlier import Earlier
from firmware.journal.entry import Entry
from firmware.recording import open_recording, read_results
from tests.made_events import numbered, rep, set_summary
from tests.made_recordings import cable_positions
from tests.test_appliance_sessions import Day, config, recorded, rest
from tracker.messages import SetSummary
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="today", exercise="cable-kickback")


def read(*sets: SetSummary, more: tuple[bytes, ...] = ()) -> "Future[list[Entry]]":
    payloads = [one.payload for one in numbered(*sets)]
    answer: Future[list[Entry]] = Future()
    answer.set_result([Entry(seq, "set", each) for seq, each in enumerate((*payloads, *more), start=1)])
    return answer


def told(earlier: Earlier, setup: SessionSetup = SETUP) -> list[tuple[str, int, str | None]]:
    return [(each.session, each.set, each.leg) for each in earlier.told(setup).earlier]


def test_of_each_leg_the_last_session_at_this_exercise_is_told() -> None:
    earlier = Earlier(
        read(
            set_summary(session="monday", set=1),
            set_summary(session="tuesday", set=1),
            set_summary(session="tuesday", set=2, leg="right"),
            set_summary(session="wednesday", set=1),
            set_summary(session="wednesday", set=2),
            set_summary(session="thursday", set=1, exercise="free"),
            set_summary(session="friday", set=1, leg=None),
        )
    )
    assert told(earlier) == [("tuesday", 2, "right"), ("wednesday", 1, "left"), ("wednesday", 2, "left")]
    for one in numbered(rep(1), set_summary(session="today", set=1)):
        earlier.result(one)
    tomorrow = msgspec.structs.replace(SETUP, session="tomorrow")
    assert told(earlier, tomorrow) == [("tuesday", 2, "right"), ("today", 1, "left")]


def test_what_another_version_wrote_is_left_out() -> None:
    assert told(
        Earlier(read(set_summary(), more=(b'{"schema": "kickback.set/1"}', b"{", b'{"a":' + b"[" * 100_000)))
    ) == [("monday", 1, "left")]


def test_a_disk_that_fails_or_is_slow_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    failed: Future[list[Entry]] = Future()
    failed.set_exception(OSError("no such device"))
    assert told(Earlier(failed)) == []
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    assert told(Earlier(Future())) == []


def test_a_second_session_is_compared_live_and_its_recording_says_the_same(tmp_path: Path) -> None:
    day = Day(cable_positions(3) + rest(4.0) + cable_positions(2) + rest(0.5))
    day.run(tmp_path, config(ends_after_min=2))
    compared = []
    for path in recorded(tmp_path):
        payloads = [one.payload for one in read_results(path)]
        (live,) = [payload for payload in payloads if b'"kickback.set/1"' in payload]
        done = msgspec.json.decode(live, type=SetSummary)
        compared.append((done.vs_last_session, done.vs_last_reps))
        recording = open_recording(path)
        tracker = Tracker(recording.setup)
        events = [*tracker.process(recording.block()), *tracker.finish()]
        (again,) = [event for event in events if isinstance(event, SetSummary)]
        assert live.endswith(msgspec.json.encode(again).removeprefix(b"{"))
    first = recorded(tmp_path)[0].stem.removeprefix("kickback-")
    assert compared == [(None, None), (first, -1)]

"""The publisher and the retained values, over a real mosquitto."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import jsonschema
import msgspec
import pytest

from firmware.forgotten import Wish
from firmware.journal.entry import Entry
from firmware.journal.forgetting import forget_results
from firmware.journal.status import JournalStatus
from firmware.mqtt.broker import Broker
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from firmware.mqtt.pace import Pace
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import SETS_KEPT, History, HistoryKeeper, Info, State, StateKeeper, info_of
from firmware.mqtt.topics import Topics
from firmware.numbering import Numbered
from firmware.panel.view import PanelView
from tests.broker import LOOPBACK, Mosquitto, free_port, listening, retained
from tests.made_events import numbered, phase, rejected, rep, set_summary
from tests.made_journals import journal_at
from tests.mqtt_peer import Peer
from tests.test_mqtt_link import connected, serve_until
from tracker.messages import Phase, SetSummary
from tracker.setup import SessionSetup

VIEW = PanelView.of(SessionSetup(session="monday", leg="left"))
PHASES = ("concentric", "pause_contracted", "eccentric", "pause_stretched")
FAULTS = ("fast_return", "too_wide", "too_narrow", "short_range", "knee_bent", "body_turned")
RESULTS = numbered(rejected(), rep(1), rep(2), set_summary())


@contextmanager
def publishing(port: int) -> Iterator[tuple[Publisher, Link]]:
    link = Link(Broker(LOOPBACK, port), "replay")
    info = info_of("replay", replay=True, simulated=False, capabilities=("cable",))
    publisher = Publisher(link, Topics("replay"), info, VIEW)
    link.open()
    try:
        yield publisher, link
    finally:
        link.close()


def test_results_arrive_in_order_once_each_with_their_payload(mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port, "kickback/v1/replay/event/#") as subscriber:
        with publishing(mosquitto.port) as (publisher, _):
            for result in RESULTS:
                publisher.result(result)
            delivery = publisher.drain(20.0)
        assert (delivery.acknowledged, delivery.waiting, delivery.refused) == (4, 0, 0)
        heard = subscriber.until(lambda heard: len(heard) == 4)
    kinds = ["rejected", "rep", "rep", "set"]
    assert [h.topic for h in heard] == [f"kickback/v1/replay/event/{kind}" for kind in kinds]
    assert [h.payload for h in heard] == [result.payload for result in RESULTS]


@pytest.mark.fault(27)
def test_more_results_than_the_window_all_arrive(mosquitto: Mosquitto) -> None:
    many = numbered(*(rep(number) for number in range(1, 301)))
    with listening(mosquitto.port, "kickback/v1/replay/event/#") as subscriber:
        with publishing(mosquitto.port) as (publisher, _):
            for result in many:
                publisher.result(result)
            assert publisher.drain(20.0).acknowledged == 300
        heard = subscriber.until(lambda heard: len(heard) == 300)
    assert [h.payload for h in heard] == [result.payload for result in many]


def test_a_late_subscriber_finds_where_the_session_stands(mosquitto: Mosquitto) -> None:
    with publishing(mosquitto.port) as (publisher, _):
        for result in RESULTS[:3]:
            publisher.result(result)
        publisher.phase(phase(Phase.CONCENTRIC, 3, at_s=20.0))
        publisher.phase(phase(Phase.PAUSE_CONTRACTED, 3, at_s=22.0))
        publisher.result(RESULTS[3])
        publisher.end(30.0)
        publisher.drain(20.0)
        found = retained(mosquitto.port, "replay", 5)
    assert set(found) == {"status", "info", "state", "history", "fault"}
    assert found["status"] == b"online"
    assert found["fault"] == b"[]"
    for name, kind in {"info": Info, "state": State, "history": History}.items():
        jsonschema.validate(json.loads(found[name]), msgspec.json.schema(kind))
        assert json.loads(found[name])["schema"] == f"kickback.{name}/1"
    info = msgspec.json.decode(found["info"], type=Info, strict=True)
    assert (info.device, info.replay, info.capabilities) == ("replay", True, ("cable",))
    assert "kickback.rep/1" in info.schemas
    state = msgspec.json.decode(found["state"], type=State)
    assert (state.set, state.rep, state.rep_pending, state.phase) == (1, 2, 3, Phase.PAUSE_CONTRACTED)
    assert (state.last_rep_id, state.last_rep_tempo) == ("replay-3", rep(2).tempo)
    assert state.last_seq == 4
    history = msgspec.json.decode(found["history"], type=History)
    assert [(past.id, past.reps_full) for past in history.sets] == [("replay-4", 8)]


def test_the_state_says_what_is_said_of_the_last_rep_and_since_when_the_lifter_rests() -> None:
    keeper = StateKeeper(VIEW, replay=False)
    cued, done = numbered(rep(1, cue="return_slower"), set_summary())
    keeper.phase(phase(Phase.ECCENTRIC))
    keeper.result(cued)
    keeper.phase(phase(Phase.PAUSE_STRETCHED))
    assert (keeper.state.cue, keeper.state.resting_since_s) == ("return_slower", None)
    keeper.phase(phase(Phase.CONCENTRIC, 2))
    assert keeper.state.cue is None
    keeper.result(done)
    keeper.phase(phase(Phase.IDLE, None, None))
    assert (keeper.state.cue, keeper.state.resting_since_s) == (None, 70.0)
    keeper.result(numbered(rep(1, set=2))[0])
    assert keeper.state.resting_since_s is None


def test_without_a_broker_the_results_are_counted_as_waiting() -> None:
    with publishing(free_port()) as (publisher, link):
        for result in RESULTS:
            publisher.result(result)
            publisher.at(1.0)
        delivery = publisher.drain(20.0)
        assert (delivery.acknowledged, delivery.waiting) == (0, 4)
        assert link.state.phase is LinkPhase.UNREACHABLE
        assert publisher.standing.endswith("not reachable, 4 waiting")


def test_the_wait_at_the_end_is_bounded() -> None:
    times = iter(range(100))
    mute = Peer(lambda packet: b"")
    try:
        with publishing(mute.port) as (publisher, _):
            publisher.result(RESULTS[0])
            # Three readings of the clock: the start, one look before the bound of 2 s and one at it.
            assert publisher.drain(2.0, clock=lambda: float(next(times))).waiting == 1
    finally:
        mute.close()
    assert next(times) == 3


def test_refused_results_are_counted_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic write kickback/v1/replay/event/set\n")
    broker = Mosquitto(tmp_path, extra=f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n")
    broker.start()
    try:
        with publishing(broker.port) as (publisher, _):
            for result in RESULTS:
                publisher.result(result)
            delivery = publisher.drain(20.0)
    finally:
        broker.kill()
    assert (delivery.acknowledged, delivery.waiting) == (1, 0)
    assert delivery.refusals == {"Not authorized": 3}


def test_results_of_an_outage_arrive_when_the_broker_is_back(mosquitto: Mosquitto) -> None:
    with publishing(mosquitto.port) as (publisher, link):
        publisher.result(RESULTS[0])
        assert publisher.drain(20.0).acknowledged == 1
        mosquitto.kill()
        for result in RESULTS[1:]:
            publisher.result(result)
        mosquitto.start()
        assert publisher.drain(20.0).waiting == 0
        assert publisher.delivery.acknowledged == 4
        assert link.reached


def test_the_state_is_due_on_change_and_at_most_twice_a_second() -> None:
    keeper = StateKeeper(VIEW, replay=False)
    assert keeper.due(0.0) is not None
    assert keeper.due(10.0) is None
    keeper.phase(phase(Phase.CONCENTRIC))
    first = keeper.due(10.02)
    assert first is not None
    assert first.phase is Phase.CONCENTRIC
    keeper.phase(phase(Phase.PAUSE_CONTRACTED))
    assert keeper.due(10.51) is None
    keeper.phase(phase(Phase.ECCENTRIC))
    second = keeper.due(10.53)
    assert second is not None
    assert second.phase is Phase.ECCENTRIC


def run_with_journal(port: int, path: Path, *sets: SetSummary) -> History:
    """One run of a tracker; return the history that it leaves at the broker."""
    with journal_at(path) as journal:
        link = Link(Broker(LOOPBACK, port), "gym")
        info = info_of("gym", replay=False, simulated=False, capabilities=())
        publisher = Publisher(link, Topics("gym"), info, VIEW, journal, journal)
        link.open()
        for each in sets:
            journal.keep(each, "2026-05-01T17:30:00.000Z")
        for one in journal.kept(20.0):
            publisher.result(one)
        assert publisher.drain(20.0).waiting == 0
        link.close()
    return msgspec.json.decode(retained(port, "gym", 5)["history"], type=History)


def test_the_history_of_earlier_runs_is_there_after_a_restart_until_they_are_forgotten(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "gym.sqlite3"
    run_with_journal(mosquitto.port, path, set_summary(set=1))
    history = run_with_journal(mosquitto.port, path, set_summary(set=2))
    assert [(past.id, past.set) for past in history.sets] == [("gym-1", 1), ("gym-2", 2)]
    forget_results(path, Wish())
    assert run_with_journal(mosquitto.port, path).sets == ()


class SlowDisk:
    """Holds one set of an earlier run, and reads it when it is told to."""

    status = JournalStatus()

    def __init__(self) -> None:
        self.reading: Future[list[Entry]] = Future()

    def recall(self, first_seq: int, last_seq: int, limit: int) -> "Future[list[Entry]]":
        raise AssertionError("nobody asked for a range")

    def latest(self, kind: str, limit: int) -> "Future[list[Entry]]":
        assert (kind, limit) == (SetSummary.TOPIC, SETS_KEPT)
        return self.reading

    def read(self) -> None:
        earlier = numbered(set_summary())[0]
        self.reading.set_result([Entry(1, SetSummary.TOPIC, earlier.payload)])


def test_a_run_that_ends_at_once_leaves_the_history_that_a_slow_disk_still_reads(
    mosquitto: Mosquitto,
) -> None:
    disk = SlowDisk()
    link = Link(Broker(LOOPBACK, mosquitto.port), "gym")
    info = info_of("gym", replay=False, simulated=False, capabilities=())
    publisher = Publisher(link, Topics("gym"), info, VIEW, recalls=disk)
    link.open()
    serve_until(link, lambda: link.reached and link.idle)

    readings = count()

    def clock() -> float:
        if next(readings) == 1:
            disk.read()
        return 0.0

    publisher.drain(20.0, clock)
    link.close()
    history = msgspec.json.decode(retained(mosquitto.port, "gym", 5)["history"], type=History)
    assert [past.id for past in history.sets] == ["replay-1"]


def test_a_set_of_another_version_is_left_out_of_the_history() -> None:
    keeper = HistoryKeeper()
    good = numbered(set_summary())[0].payload
    history = keeper.restore([b'{"schema": "kickback.set/0"}', good, b"{"])
    assert [past.id for past in history.sets] == ["replay-1"]


def test_a_history_of_the_fullest_sets_drops_the_oldest_before_it_is_too_large_for_a_broker() -> None:
    keeper = HistoryKeeper()
    many = tuple(range(1, 61))
    every = {f"{phase}_{how}": many for phase in PHASES for how in ("short", "long")}
    faults = dict.fromkeys(FAULTS, many)
    full = [set_summary(set=number, tempo_breaks=every, faults=faults) for number in range(1, 21)]
    for one in numbered(*full):
        assert isinstance(one.result, SetSummary)
        history = keeper.add(one.result, one)
    size = len(msgspec.json.encode(history))
    assert size <= 48_000 < size + len(msgspec.json.encode(history.sets[0]))
    assert [past.set for past in history.sets] == list(range(21 - len(history.sets), 21))
    restored = HistoryKeeper().restore(one.payload for one in numbered(*full))
    assert [past.set for past in restored.sets] == [past.set for past in history.sets]


def test_a_backlog_goes_out_at_its_pace(mosquitto: Mosquitto) -> None:
    now = [0.0]
    link = Link(Broker(LOOPBACK, mosquitto.port), "replay")
    info = info_of("replay", replay=True, simulated=False, capabilities=())
    pace = Pace(burst=5, per_second=1.0, clock=lambda: now[0])
    publisher = Publisher(link, Topics("replay"), info, VIEW, pace=pace)
    link.open()
    try:
        for one in numbered(*(rep(number) for number in range(1, 21))):
            publisher.result(one)
        serve_until(link, connected(link))
        for expected in (5, 8):
            for _ in range(2000):
                publisher.at(0.0)
                if publisher.delivery.acknowledged >= expected and link.idle:
                    break
                link.wait(0.01)
            publisher.at(0.0)
            assert (publisher.delivery.acknowledged, link.idle) == (expected, True)
            now[0] += 3.0
    finally:
        link.close()


def test_a_set_that_is_not_saved_is_not_in_the_history(mosquitto: Mosquitto) -> None:
    with publishing(mosquitto.port) as (publisher, _):
        history = publisher._history
        publisher.result(Numbered(set_summary(), RESULTS[3].envelope, saved=False))
        assert history.history.sets == ()
        publisher.result(RESULTS[3])
        assert len(history.history.sets) == 1

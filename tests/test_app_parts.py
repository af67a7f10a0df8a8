"""Numbering, pacing and interruption: the parts around the loop."""

import json
import signal
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.interruption import Interruption, unwinding
from firmware.numbering import Numbering, rfc3339
from firmware.pacing import paced
from tests.made_events import rejected, rep, set_summary
from tracker.blocks import SampleBlock

BLOCKS = [SampleBlock(100.0 + 0.5 * i, 100.5 + 0.5 * i) for i in range(4)]


def test_numbers_are_gap_free_and_carry_the_device() -> None:
    numbering = Numbering("gym-1", replay=False, next_seq=41)
    envelopes = [numbering.number(r, None).envelope for r in (rep(1), rejected(), set_summary())]
    assert [e.seq for e in envelopes] == [41, 42, 43]
    assert [e.id for e in envelopes] == ["gym-1-41", "gym-1-42", "gym-1-43"]
    assert [e.schema for e in envelopes] == ["kickback.rep/1", "kickback.rejected/1", "kickback.set/1"]


def test_the_payload_is_one_flat_object_envelope_first() -> None:
    numbered = Numbering("replay", replay=True).number(rep(1, detected_s=16.0), "2026-05-01T17:30:00Z")
    fields = json.loads(numbered.payload)
    assert list(fields)[:6] == ["schema", "id", "seq", "ts", "time_sync", "replay"]
    assert (fields["ts"], fields["replay"], fields["time_sync"]) == ("2026-05-01T17:30:16.000Z", True, False)
    assert not any(isinstance(value, dict) for value in fields.values())
    assert b"\n" not in numbered.payload


def test_a_clock_nobody_knows_is_not_called_set() -> None:
    envelope = Numbering("a", replay=False).number(rep(1), None, time_sync=True).envelope
    assert (envelope.ts, envelope.time_sync) == (None, False)


@pytest.mark.parametrize(
    ("started_at", "session_s", "ts"),
    [
        ("2026-05-01T17:30:00Z", 0.0, "2026-05-01T17:30:00.000Z"),
        ("2026-05-01T17:30:00.250+02:00", 0.5, "2026-05-01T15:30:00.750Z"),
        ("2026-12-31T23:59:59", 1.0004, "2027-01-01T00:00:00.000Z"),
        ("2026-05-01T17:30:00Z", 86400.0, "2026-05-02T17:30:00.000Z"),
    ],
)
def test_moments_in_utc(started_at: str, session_s: float, ts: str) -> None:
    assert rfc3339(started_at, session_s) == ts


@given(st.floats(0.0, 1e6))
def test_a_moment_is_within_a_millisecond(session_s: float) -> None:
    text = rfc3339("2026-05-01T17:30:00Z", session_s)
    assert text is not None
    elapsed = datetime.fromisoformat(text) - datetime.fromisoformat("2026-05-01T17:30:00Z")
    assert abs(elapsed.total_seconds() - session_s) <= 0.000_51


class VirtualClock:
    """Time that passes only in waits and where the test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


@pytest.mark.parametrize(("speed", "pause_s"), [(1.0, 0.5), (4.0, 0.125), (0.5, 1.0)])
def test_a_block_comes_when_its_interval_has_passed(speed: float, pause_s: float) -> None:
    clock = VirtualClock()
    for nth, block in enumerate(paced(BLOCKS, speed, clock.wait, clock), start=1):
        assert block is BLOCKS[nth - 1]
        assert clock.now_s == pytest.approx(1000.0 + nth * pause_s)


def test_a_slow_consumer_makes_blocks_late_and_the_next_ones_catch_up() -> None:
    clock = VirtualClock()
    arrivals = []
    for block in paced(BLOCKS, 1.0, clock.wait, clock):
        arrivals.append(clock.now_s - 1000.0)
        if block is BLOCKS[0]:
            clock.now_s += 0.8
    # The first takes until 1.3 s, so the second (due 1.0) is late, the third (1.5) on time again.
    assert arrivals == pytest.approx([0.5, 1.3, 1.5, 2.0])


def test_as_fast_as_it_goes_never_waits() -> None:
    clock = VirtualClock()
    assert list(paced(BLOCKS, None, clock.wait, clock)) == BLOCKS
    assert clock.waits == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_first_signal_asks_and_the_second_interrupts(number: signal.Signals, code: int) -> None:
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert interruption.exit_code == 0
        signal.raise_signal(number)
        interruption.wait(3600.0)
        assert interruption.asked
        assert interruption.exit_code == code
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_pause_ends_by_itself() -> None:
    with Interruption() as interruption:
        interruption.wait(0.0)
        assert not interruption.asked


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGHUP)
            assert not interruption.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_stop_request_unwinds_what_is_open() -> None:
    with unwinding():
        with pytest.raises(SystemExit) as stop:
            signal.raise_signal(signal.SIGTERM)
        assert stop.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

"""The loop: the same objects to every output, and no output can stop it."""

from collections.abc import Sequence

import pytest

from firmware.app import Loop
from firmware.numbering import AtOnce, Numbered, Numbering
from tests.made_events import phase, rejected, rep, set_summary
from tracker.blocks import SampleBlock
from tracker.messages import Event, Phase, PhaseChange, Result

BLOCKS = [SampleBlock(float(i), float(i + 1)) for i in range(4)]


class Scripted:
    """A tracker whose blocks bring the events they are told to."""

    def __init__(self, *by_block: Sequence[Event], last: Sequence[Event] = ()) -> None:
        self._by_block = list(by_block)
        self._last = last
        self.seen: list[SampleBlock] = []

    def process(self, block: SampleBlock) -> Sequence[Event]:
        self.seen.append(block)
        return self._by_block.pop(0) if self._by_block else ()

    def finish(self) -> Sequence[Event]:
        return self._last


class Kept:
    name = "kept"

    def __init__(self) -> None:
        self.calls: list[object] = []

    def result(self, numbered: Numbered) -> None:
        self.calls.append(numbered)

    def phase(self, change: PhaseChange) -> None:
        self.calls.append(change)

    def at(self, session_s: float) -> None:
        self.calls.append(session_s)

    def end(self, session_s: float) -> None:
        self.calls.append(("end", session_s))

    @property
    def results(self) -> list[Numbered]:
        return [call for call in self.calls if isinstance(call, Numbered)]


class Broken(Kept):
    name = "broken"

    def result(self, numbered: Numbered) -> None:
        super().result(numbered)
        raise OSError("the wire is cut")

    def at(self, session_s: float) -> None:
        raise RuntimeError("again")


def number(result: Result) -> Numbered:
    return NUMBERING.number(result, None)


NUMBERING = Numbering("gym", replay=False)


def test_every_output_gets_the_same_objects_in_the_order_of_the_core() -> None:
    one, two = Kept(), Kept()
    kick = phase(Phase.CONCENTRIC)
    tracker = Scripted([kick], [rep(1), rejected()], last=[set_summary()])
    outcome = Loop(tracker, AtOnce(number), [one, two]).run(BLOCKS)
    assert [type(call) for call in one.calls] == [
        PhaseChange, float, Numbered, Numbered, float, float, float, Numbered, tuple,
    ]  # fmt: skip
    assert all(a is b for a, b in zip(one.results, two.results, strict=True))
    assert one.calls[0] is kick
    assert [n.result for n in one.results] == [rep(1), rejected(), set_summary()]
    assert (outcome.reps, outcome.sets, outcome.rejected, outcome.ended_s) == (1, 1, 1, 4.0)
    assert one.calls[-1] == ("end", 4.0)
    assert tracker.seen == BLOCKS


def test_a_failing_output_stops_neither_the_count_nor_the_others() -> None:
    broken, kept = Broken(), Kept()
    told: list[tuple[str, str]] = []
    tracker = Scripted([rep(1)], [rep(2)], last=[set_summary()])
    outcome = Loop(tracker, AtOnce(number), [broken, kept], on_fault=lambda *fault: told.append(fault)).run(
        BLOCKS
    )
    assert [n.result for n in kept.results] == [rep(1), rep(2), set_summary()]
    assert len(broken.results) == 3, "it is offered every event, so that it can come back"
    assert told == [("broken", "OSError: the wire is cut")]
    assert outcome.faults == {"broken": "OSError: the wire is cut"}
    assert outcome.reps == 2


def test_a_failing_recorder_does_not_stop_the_count() -> None:
    def full(block: SampleBlock) -> None:
        raise OSError("no space left on device")

    outcome = Loop(Scripted([rep(1)]), AtOnce(number), [], record=full).run(BLOCKS)
    assert outcome.reps == 1
    assert outcome.faults == {"recorder": "OSError: no space left on device"}


def test_a_block_is_recorded_before_it_is_tracked() -> None:
    order: list[str] = []

    class Tracking(Scripted):
        def process(self, block: SampleBlock) -> Sequence[Event]:
            order.append("tracked")
            return ()

    Loop(Tracking(), AtOnce(number), [], record=lambda block: order.append("recorded")).run(BLOCKS[:2])
    assert order == ["recorded", "tracked", "recorded", "tracked"]


@pytest.mark.fault(45)
def test_stopping_lets_the_last_rep_and_set_out() -> None:
    kept = Kept()
    answers = iter([False, False, True])
    tracker = Scripted([rep(1)], last=[rep(2), set_summary()])
    outcome = Loop(tracker, AtOnce(number), [kept]).run(BLOCKS, stop=lambda: next(answers))
    assert outcome.stopped
    assert len(tracker.seen) == 2
    assert [n.result for n in kept.results] == [rep(1), rep(2), set_summary()]


def test_a_result_reaches_the_outputs_when_it_is_safe_and_not_before() -> None:
    class Slow:
        """Makes results safe only while it is waited for, and between the second and the third block."""

        def __init__(self) -> None:
            self.under_way: list[Numbered] = []
            self.asked = 0

        def keep(self, result: Result) -> None:
            self.under_way.append(number(result))

        def kept(self, within_s: float = 0.0) -> list[Numbered]:
            self.asked += 1
            if within_s == 0.0 and self.asked != 3:
                return []
            out, self.under_way = self.under_way, []
            return out

    output = Kept()
    Loop(Scripted([rep(1)], last=[rep(2)]), Slow(), [output]).run(BLOCKS)
    kinds = [type(call) for call in output.calls]
    # Asked after the rep, after the first block, after the second.
    assert kinds == [float, Numbered, float, float, float, Numbered, tuple]


def test_an_interrupt_is_not_taken_for_a_failing_output() -> None:
    class Interrupting(Kept):
        def at(self, session_s: float) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Loop(Scripted(), AtOnce(number), [Interrupting()]).run(BLOCKS)

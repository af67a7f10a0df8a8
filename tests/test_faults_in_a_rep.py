"""What a fault at the machine does to the rep it strikes, one test for each row of the campaign.

The second of four reps is struck; whatever is called good is as without the fault, and only the reps that
the fault touches say why they are not. A session of half a minute takes about a second.
"""

from functools import partial

import pytest

from tests.chips.bus import Fault
from tests.gym.matching import match
from tests.test_whole_path_faults import (
    ANKLE,
    AT_MACHINE,
    CABLE,
    FAULTS,
    LOAD,
    STRUCK,
    Strike,
    assert_right_or_marked,
    rig_of,
    session,
    struck,
    unharmed,
)
from tests.virtual_rig import VirtualRig
from tracker.blocks import Stream
from tracker.messages import Rep, RepKind

MARKS = {CABLE, LOAD, ANKLE}


def assert_struck(strike: Strike, said: tuple[str, ...], share: float = 0.2) -> None:
    """The struck rep says this, the first and the last are good, and what is good is right."""
    reps = struck(AT_MACHINE, "lsm6dsox", strike, share)
    assert reps[STRUCK].quality_reasons == said
    assert_right_or_marked(reps, unharmed(AT_MACHINE, "lsm6dsox"), MARKS, whole_from=3)


def wire_loose(rig: VirtualRig, at_s: float) -> None:
    """For 0.6 s four transfers of about thirteen are not acknowledged."""
    for number in range(60):
        rig.at(at_s + 0.01 * number, partial(rig.model.inject, Fault.NACK, times=4))


def bus_low(rig: VirtualRig, at_s: float) -> None:
    rig.at(at_s, partial(setattr, rig.model, "stuck", True))
    rig.at(at_s + 0.7, partial(setattr, rig.model, "stuck", False))


@pytest.mark.fault(1)
def test_transfers_that_fail_once_or_thrice_mark_nothing() -> None:
    assert_struck(FAULTS["nobody answers for a moment"][0], ())


@pytest.mark.fault(2)
@pytest.mark.parametrize("share", [0.2, 0.8])
def test_a_loose_wire_marks_its_rep(share: float) -> None:
    assert_struck(wire_loose, (CABLE,), share)


@pytest.mark.fault(4)
def test_a_bus_that_is_held_low_marks_its_rep_and_the_set_goes_on() -> None:
    assert_struck(bus_low, (CABLE, LOAD, ANKLE))


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    ("name", "said"),
    [("load resets", (LOAD,)), ("ankle resets", (ANKLE,)), ("encoder resets", ())],
)
def test_a_chip_that_reset_itself_marks_its_rep_and_keeps_its_scale(name: str, said: tuple[str, ...]) -> None:
    """An encoder is set up again within 25 ms, which no rep is marked for."""
    assert_struck(FAULTS[name][0], said)


@pytest.mark.fault(7)
def test_a_fifo_that_overran_marks_its_rep() -> None:
    assert_struck(FAULTS["fifo overruns"][0], (CABLE, LOAD, ANKLE))


@pytest.mark.fault(8)
@pytest.mark.parametrize(("name", "said"), [("angle flips", ()), ("load flips", (LOAD,))])
def test_a_flipped_bit_makes_and_costs_no_rep(name: str, said: tuple[str, ...]) -> None:
    assert_struck(FAULTS[name][0], said)


@pytest.mark.fault(9)
@pytest.mark.parametrize(
    ("name", "said"), [("encoder away", (CABLE,)), ("load away", (LOAD,)), ("ankle away", (ANKLE,))]
)
def test_the_set_goes_on_without_a_sensor_that_is_unplugged(name: str, said: tuple[str, ...]) -> None:
    assert_struck(FAULTS[name][0], said)


@pytest.mark.fault(25)
@pytest.mark.parametrize(
    ("name", "said"), [("host sleeps", (CABLE, LOAD)), ("fifo overruns", (CABLE, LOAD, ANKLE))]
)
def test_a_pause_of_the_process_marks_its_rep_and_makes_none(name: str, said: tuple[str, ...]) -> None:
    assert_struck(FAULTS[name][0], said)


def broken_all_along(stream: Stream, name: str, value: object) -> list[Rep]:
    rig = rig_of(AT_MACHINE, "lsm6dsox")
    setattr(rig.chips[stream], name, value)
    reps = [event for event in rig.track() if isinstance(event, Rep)]
    found = match(session(AT_MACHINE).truth.reps, reps)
    assert found.missed == ()
    assert all(rep.quality == "suspect" for rep in found.invented)
    return [rep for _, rep in found.pairs]


def assert_counted(reps: list[Rep], mark: str, gone: str, there: str) -> None:
    """Every rep is there and marked; of one figure none is claimed, another is as with all sensors."""
    whole = unharmed(AT_MACHINE, "lsm6dsox")
    assert [rep.kind for rep in reps] == [RepKind.FULL] * len(whole)
    assert {rep.quality_reasons for rep in reps} == {(mark,)}
    assert [getattr(rep, gone) for rep in reps] == [None] * len(whole)
    for rep, other in zip(reps, whole, strict=True):
        assert getattr(rep, there) == pytest.approx(getattr(other, there), rel=0.02)


@pytest.mark.fault(15)
def test_without_a_load_cell_the_reps_are_counted_and_have_no_force() -> None:
    reps = broken_all_along(Stream.LOAD, "broken_wire", True)
    assert_counted(reps, LOAD, gone="mean_force_n", there="rom_m")


@pytest.mark.fault(18)
def test_without_a_magnet_the_ankle_counts_and_no_travel_is_claimed() -> None:
    reps = broken_all_along(Stream.CABLE, "magnet", "lost")
    assert_counted(reps, CABLE, gone="rom_m", there="mean_force_n")

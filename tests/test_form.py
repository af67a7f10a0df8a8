"""Each fault of form on evidence made by hand: at its limit, on either side of it, and without evidence."""

import pytest

from tests.made_kicks import turn
from tracker.diagonal import Diagonal
from tracker.form.fault import FAULT_NAMES, FormFault, beyond, worst_first
from tracker.form.flight import stack_flew
from tracker.form.knee import knee_bent
from tracker.form.momentum import momentum
from tracker.form.pelvis import back_arched, hips_open, pelvis_motion
from tracker.form.reach import Reach, SwingShares, of_the_leg, short_range
from tracker.form.slack import slack
from tracker.form.timing import fast_return, no_hold
from tracker.form.zone import direction
from tracker.kick import Kick
from tracker.load import LoadHistory
from tracker.messages import RepKind
from tracker.phases import Boundaries
from tracker.poses import PoseHistory
from tracker.reps import RepParams
from tracker.setup import Leg
from tracker.tempo import parse_tempo

LOAD_N = 100.0


def phases(concentric_s: float, hold_s: float, return_s: float) -> Boundaries:
    up_s, back_s = 1.0 + concentric_s, 1.0 + concentric_s + hold_s
    return Boundaries(1.0, up_s, back_s, back_s + return_s, 0.5, 0.3)


def kick_to(diagonal_deg: float | None, sd_deg: float | None) -> Diagonal:
    return Diagonal(diagonal_deg, sd_deg, None, "calibration", "right", "told")


def severity(fault: FormFault | None) -> float | None:
    return None if fault is None else fault.severity


def test_severity_is_nought_at_the_limit_one_where_large_and_grows() -> None:
    assert [severity(beyond("slack", v, 2.0, 6.0)) for v in (1.9, 2.0, 4.0, 6.0, 10.0)] == [
        None, 0.0, 0.5, 1.0, 2.0
    ]  # fmt: skip
    assert severity(beyond("no_hold", 0.4, 0.8, 0.4)) == 1.0
    assert beyond("no_hold", 0.9, 0.8, 0.4) is None


def test_the_worst_comes_first_and_equals_in_their_fixed_order() -> None:
    found = [FormFault(name, 0.5) for name in reversed(FAULT_NAMES)]
    assert [f.name for f in worst_first([*found, None])] == list(FAULT_NAMES)
    assert worst_first([FormFault("slack", 0.1), FormFault("momentum", 0.2)])[0].name == "momentum"


@pytest.mark.parametrize(
    ("diagonal_deg", "sd_deg", "name"),
    [
        (37.0, 1.0, None),
        (28.5, 1.0, "direction_narrow"),
        (28.5, 2.0, None),
        (47.0, 1.9, "direction_wide"),
        (47.0, 2.1, None),
        (-20.0, 5.0, "direction_narrow"),
        (None, None, None),
    ],
)
def test_a_direction_is_faulty_only_beyond_its_uncertainty(
    diagonal_deg: float | None, sd_deg: float | None, name: str | None
) -> None:
    fault = direction(kick_to(diagonal_deg, sd_deg))
    assert (None if fault is None else fault.name) == name


def test_ten_degrees_outside_the_zone_is_large_on_either_side() -> None:
    assert severity(direction(kick_to(20.0, 1.0))) == pytest.approx(1.0)
    assert severity(direction(kick_to(55.0, 1.0))) == pytest.approx(1.0)


def test_with_a_target_its_own_tolerance_is_the_limit() -> None:
    """20 % of 3 s may be missing of the return, 0.3 s of the hold of 1 s."""
    target = parse_tempo("3-1-2-1")
    assert fast_return(phases(2.0, 1.0, 2.41), target, by_form=True) is None
    assert severity(fast_return(phases(2.0, 1.0, 1.2), target, by_form=True)) == pytest.approx(1.0)
    assert no_hold(phases(2.0, 0.71, 3.0), target, by_form=True) is None
    assert severity(no_hold(phases(2.0, 0.35, 3.0), target, by_form=True)) == pytest.approx(1.0)


def test_a_target_that_asks_for_no_pause_or_an_explosive_phase_draws_nothing() -> None:
    quick = phases(2.0, 0.0, 0.4)
    assert fast_return(quick, parse_tempo("X-1-2-1"), by_form=True) is None
    assert no_hold(quick, parse_tempo("3-1-2-0"), by_form=True) is None
    assert no_hold(quick, parse_tempo("3-1-2-X"), by_form=True) is None


def test_without_a_target_a_kickback_is_lowered_and_held_and_any_movement_need_not_be() -> None:
    assert severity(fast_return(phases(1.0, 1.0, 0.5), None, by_form=True)) == pytest.approx(1.0)
    assert fast_return(phases(1.0, 1.0, 1.01), None, by_form=True) is None
    slow_out = phases(3.0, 1.0, 1.5)
    assert fast_return(slow_out, None, by_form=True) is not None
    # 0.3 s and 6 % of 3 s of movement: a leg that takes 0.48 s about its peak just turned there.
    assert severity(no_hold(phases(1.0, 0.24, 2.0), None, by_form=True)) == pytest.approx(1.0)
    assert no_hold(phases(1.0, 0.49, 2.0), None, by_form=True) is None
    assert fast_return(slow_out, None, by_form=False) is None
    assert no_hold(phases(1.0, 0.0, 2.0), None, by_form=False) is None


def test_a_return_that_was_not_seen_draws_nothing() -> None:
    unfinished = Boundaries(1.0, 2.0, None, None, 0.5, None)
    assert fast_return(unfinished, parse_tempo("3-1-2-1"), by_form=True) is None
    assert no_hold(unfinished, parse_tempo("3-1-2-1"), by_form=True) is None


def test_a_partial_rep_is_largely_short_and_an_unknown_range_is_not() -> None:
    assert short_range(0.76) is None
    assert severity(short_range(RepParams().partial)) == pytest.approx(1.0)
    assert short_range(None) is None


def test_a_wide_kick_pulls_less_cable_and_is_not_short() -> None:
    assert of_the_leg(0.7, 0.95) == 0.95
    assert of_the_leg(0.7, 0.65) == 0.7
    assert of_the_leg(0.6, 0.95) == 0.6
    assert of_the_leg(None, 0.5) is None
    assert of_the_leg(0.7, None) == 0.7


def test_a_swing_is_compared_with_those_of_its_set() -> None:
    swings = SwingShares()
    assert swings.share(30.0, first=True) is None
    assert swings.share(15.0, first=False) == 0.5
    assert swings.share(None, first=False) is None
    assert swings.share(15.0, first=False) == 0.5
    assert swings.share(40.0, first=True) is None
    assert swings.share(40.0, first=False) == 1.0


def test_a_lying_leg_reaches_as_far_as_the_ankle_swings() -> None:
    reach = Reach(lies=True)
    assert reach.share(None, 30.0, first=True) is None
    assert reach.share(0.5, 24.0, first=False) == 0.8
    assert reach.kind(RepKind.PARTIAL, 0.8) is RepKind.FULL
    assert reach.kind(RepKind.FULL, 0.59) is RepKind.PARTIAL
    assert reach.kind(RepKind.UNFINISHED, 0.8) is RepKind.UNFINISHED
    assert reach.kind(RepKind.PARTIAL, None) is RepKind.PARTIAL
    assert reach.share(0.5, None, first=False) == 0.5, "what gravity shows, where the swing is not known"


def test_any_other_leg_as_far_as_its_progress() -> None:
    reach = Reach(lies=False)
    reach.share(None, 30.0, first=True)
    assert reach.share(0.5, 24.0, first=False) == 0.5
    assert reach.kind(RepKind.FULL, 0.5) is RepKind.FULL


def test_a_knee_that_was_not_found_bent_draws_nothing() -> None:
    assert knee_bent(None) is None
    assert knee_bent(11.0) is None
    assert severity(knee_bent(25.0)) == pytest.approx(1.0)


def pulling(*forces: float) -> list[tuple[float, float]]:
    return [(0.01 * i, force) for i, force in enumerate(forces)]


def test_momentum_is_what_tension_departs_from_the_load() -> None:
    assert momentum(pulling(100.0, 140.0, 100.0, 60.0), LOAD_N) is None
    assert severity(momentum(pulling(100.0, 150.0, 100.0, 60.0), LOAD_N)) == pytest.approx(0.0)
    assert severity(momentum(pulling(100.0, 130.0, 100.0, 0.0), LOAD_N)) == pytest.approx(1.0)
    assert momentum([], LOAD_N) is None


def test_taking_up_slack_is_no_flight() -> None:
    assert momentum(pulling(0.0, 5.0, 60.0, 120.0, 100.0), LOAD_N) is None


def stretch(start_s: float, seconds: float, force_n: float) -> list[tuple[float, float]]:
    return [(start_s + 0.01 * i, force_n) for i in range(round(100 * seconds) + 1)]


def test_slack_is_tension_lost_for_longer_than_a_bounce() -> None:
    assert slack(stretch(0.0, 1.0, 100.0), [], LOAD_N) is None
    assert slack(stretch(0.0, 0.19, 1.0), [], LOAD_N) is None
    assert severity(slack(stretch(0.0, 0.6, 1.0), [], LOAD_N)) == pytest.approx(1.0)
    assert slack(stretch(0.0, 0.6, 21.0), [], LOAD_N) is None


def test_tension_lost_at_the_end_of_a_return_is_of_the_pause_after_it() -> None:
    lost = stretch(0.0, 0.3, 1.0)
    assert slack([], [*lost, (0.31, 100.0)], LOAD_N) is not None
    assert slack([], [(-0.1, 100.0), *lost], LOAD_N) is None


def test_time_without_samples_is_no_slack() -> None:
    lost = [*stretch(0.0, 0.1, 1.0), *stretch(2.0, 0.05, 1.0)]
    assert slack(lost, [], LOAD_N) is None
    assert slack(stretch(0.0, 0.1, 1.0), [*stretch(0.1, 0.05, 1.0), (0.2, 100.0)], LOAD_N) is None


def loaded(forces: list[tuple[float, float]]) -> LoadHistory:
    history = LoadHistory()
    for t_s, force_n in forces:
        history.add(t_s, force_n)
    return history


def test_a_stack_flies_where_tension_is_gone_after_its_peak() -> None:
    lifted = [*stretch(0.0, 0.3, 150.0), *stretch(0.31, 1.0, 100.0)]
    assert not stack_flew(loaded(lifted), 0.0, 0.8, 1.3)
    flung = [*stretch(0.0, 0.3, 180.0), *stretch(0.31, 0.15, 0.0), *stretch(0.47, 2.0, 100.0)]
    assert stack_flew(loaded(flung), 0.0, 0.5, 2.4)
    taken_up = [*stretch(0.0, 0.2, 0.0), *stretch(0.21, 2.0, 100.0)]
    assert not stack_flew(loaded(taken_up), 0.0, 0.8, 2.2)
    assert not stack_flew(LoadHistory(), 0.0, 0.8, 2.2)


KICK = Kick(start_s=2.0, peak_s=3.0, rested_s=1.0, held_s=1.0)


def pelvis(about: tuple[float, float, float], angle_deg: float, drift_degps: float = 0.0) -> PoseHistory:
    """A pelvis that turns with the kick from 2 to 3 s, and back from 4 to 5 s, on a world that drifts."""
    history = PoseHistory()
    for i in range(601):
        t_s = 0.01 * i
        share = min(max(t_s - 2.0, 0.0), 1.0) - min(max(t_s - 4.0, 0.0), 1.0)
        drift = turn(0.0, 0.0, 1.0, drift_degps * t_s)
        w, x, y, z = turn(*about, share * angle_deg)
        dw, _, _, dz = drift
        history.add(t_s, (dw * w - dz * z, dw * x - dz * y, dw * y + dz * x, dw * z + dz * w))
    return history


@pytest.mark.parametrize(("leg", "sign"), [("right", -1.0), ("left", 1.0)])
def test_hips_open_to_the_working_side_only(leg: Leg, sign: float) -> None:
    """Turned to the right is a negative turn about up."""
    opened = pelvis_motion(pelvis((0.0, 0.0, 1.0), sign * 16.0), KICK, 5.0, leg)
    assert opened is not None
    assert opened.opened_deg == pytest.approx(16.0, abs=0.1)
    assert severity(hips_open(opened)) == pytest.approx(1.0, abs=0.02)
    assert back_arched(opened) is None
    closed = pelvis_motion(pelvis((0.0, 0.0, 1.0), -sign * 16.0), KICK, 5.0, leg)
    assert closed is not None
    assert hips_open(closed) is None
    unknown = pelvis_motion(pelvis((0.0, 0.0, 1.0), -sign * 16.0), KICK, 5.0, None)
    assert unknown is not None
    assert hips_open(unknown) is not None


def test_a_tilt_arches_the_back_and_opens_no_hips() -> None:
    tilted = pelvis_motion(pelvis((0.0, 1.0, 0.0), 12.0), KICK, 5.0, "right")
    assert tilted is not None
    assert tilted.tilted_deg == pytest.approx(12.0, abs=0.1)
    assert severity(back_arched(tilted)) == pytest.approx(0.5, abs=0.02)
    assert hips_open(tilted) is None


def test_a_gyroscope_that_drifts_opens_no_hips() -> None:
    still = pelvis_motion(pelvis((0.0, 0.0, 1.0), 0.0, drift_degps=4.0), KICK, 5.0, "left")
    assert still is not None
    assert still.opened_deg == pytest.approx(0.0, abs=0.2)


def test_of_a_pelvis_without_samples_or_whose_return_was_not_seen_nothing_is_said() -> None:
    assert pelvis_motion(PoseHistory(), KICK, 5.0, "left") is None
    assert pelvis_motion(pelvis((0.0, 0.0, 1.0), 16.0), KICK, None, "left") is None
    broken = PoseHistory()
    for t_s in (*(0.01 * i for i in range(250)), *(3.0 + 0.01 * i for i in range(300))):
        broken.add(t_s, (1.0, 0.0, 0.0, 0.0))
    assert pelvis_motion(broken, KICK, 5.0, "left") is None

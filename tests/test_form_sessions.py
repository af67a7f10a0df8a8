"""Form in simulated sessions: faults are found where the truth has them, and textbook reps draw none."""

from dataclasses import replace

import pytest

from tests.benchmark.cost import live, whole
from tests.benchmark.faults import JudgedForm, fault_plans, faults, judge_form, judged_rep, score
from tests.benchmark.judged import tracked
from tests.benchmark.profiles import count_profile, profiles
from tests.gym.faulty import faulty_session, textbook_session
from tests.gym.labels import labels
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tracker.blocks import Stream
from tracker.form.fault import FAULT_NAMES
from tracker.messages import Rep
from tracker.pipeline import Tracker
from tracker.profiles import PROFILES

FIRST_SEED = 97_001
"""Neither those the limits were chosen on nor the benchmark's."""

OPEN = SessionPlan(
    seed=98_001,
    sets=((RepPlan(), RepPlan(pelvis_open_deg=14.0), RepPlan(pelvis_tilt_deg=14.0), RepPlan()),),
    walk_in=False,
    pelvis=True,
    ankle_hz=104.0,
    cable_hz=100.0,
    load_hz=80.0,
)


def reps_of(session: GymSession, *, without: Stream | None = None) -> list[Rep]:
    streams = dict(session.streams)
    if without is not None:
        del streams[without]
    return [event for event in tracked(session, streams) if isinstance(event, Rep)]


@pytest.fixture(scope="module")
def opened() -> GymSession:
    return simulate(OPEN)


def test_faults_are_said_where_the_truth_has_them() -> None:
    """A glance at what the benchmark does at length."""
    plans = [faulty_session(FIRST_SEED + i, "cable-kickback", i, sets=1) for i in (0, 1, 2)]
    reps = [rep for plan in plans for rep in judge_form(plan)]
    scores = [score(name, reps) for name in FAULT_NAMES]
    assert len(reps) >= 26
    assert sum(s.there > 0 for s in scores) >= 7
    there, right, wrong = (sum(getattr(s, what) for s in scores) for what in ("there", "right", "wrong"))
    assert there >= 15
    assert there - right <= 1
    assert wrong <= 1


@pytest.mark.parametrize(
    ("i", "exercise"),
    list(enumerate(("cable-kickback", "band-kickback", "quadruped-kickback", "cable-kickback"))),
)
def test_textbook_reps_draw_no_fault_at_their_target(i: int, exercise: str) -> None:
    session = simulate(textbook_session(FIRST_SEED + 100 + i, exercise, i, reps=5))
    assert [rep.faults for rep in reps_of(session)] == [()] * 5


@pytest.mark.parametrize("exercise", PROFILES)
def test_every_exercise_counts_and_times_ten_sets_and_finds_no_fault_in_them(exercise: str) -> None:
    counted = count_profile(exercise, announced=True)
    assert (counted.sets, counted.true_reps) == (10, 20)
    assert (counted.missed, counted.invented, counted.not_full, counted.not_good) == (0, 0, 0, 0)
    assert counted.faults == ()
    errors_s = [abs(error) for errors in counted.boundaries_s for error in errors]
    assert len(errors_s) == 80
    assert sum(errors_s) / len(errors_s) < 0.04
    assert "| 10 " in profiles([counted])


def test_the_pelvis_tells_open_hips_and_an_arched_back(opened: GymSession) -> None:
    assert [rep.faults for rep in reps_of(opened)] == [(), ("hips_open",), ("back_arched",), ()]
    assert [rep.faults for rep in reps_of(opened, without=Stream.PELVIS)] == [()] * 4


def test_where_the_pelvis_lacks_samples_nothing_is_said_of_it_and_the_rep_is_marked(
    opened: GymSession,
) -> None:
    pelvis = opened.streams[Stream.PELVIS]
    open_rep = opened.truth.reps[1]
    lost = (pelvis[:, 0] > open_rep.concentric_start_s + 0.2) & (pelvis[:, 0] < open_rep.pause_start_s)
    streams = opened.streams | {Stream.PELVIS: pelvis[~lost]}
    reps = [event for event in tracked(opened, streams) if isinstance(event, Rep)]
    assert [rep.faults for rep in reps] == [(), (), ("back_arched",), ()]
    assert [rep.quality_reasons for rep in reps] == [(), ("gap_pelvis",), (), ()]


def test_with_a_pelvis_too_the_cut_into_blocks_changes_nothing(opened: GymSession) -> None:
    def events(blocks: list) -> list:  # type: ignore[type-arg]
        tracker = Tracker(opened.setup)
        return [event for block in blocks for event in tracker.process(block)] + list(tracker.finish())

    assert events(list(live(opened))) == events([whole(opened)])


def test_a_stack_that_flies_is_told_and_the_ankle_times_the_rep() -> None:
    flung = RepPlan(concentric_s=0.45, style="swung")
    session = simulate(replace(OPEN, sets=((RepPlan(), flung, RepPlan()),), pelvis=False))
    reps = reps_of(session)
    assert [rep.faults for rep in reps] == [(), ("momentum",), ()]
    assert [rep.quality_reasons for rep in reps] == [(), ("stack_flight",), ()]
    true = session.truth.reps[1]
    held_s = true.eccentric_start_s - true.pause_start_s
    assert reps[1].pause_contracted_s == pytest.approx(held_s, abs=0.12)


def test_without_a_load_cell_nothing_is_said_of_tension() -> None:
    flung, slack = RepPlan(concentric_s=0.45, style="swung"), RepPlan(slack_m=0.06)
    plan = replace(OPEN, sets=((RepPlan(), slack, flung),), pelvis=False, start_travel_m=0.03)
    session = simulate(plan)
    told = {fault for rep in reps_of(session) for fault in rep.faults}
    assert {"momentum", "slack"} <= told
    reps = reps_of(session, without=Stream.LOAD)
    assert not {"momentum", "slack"} & {fault for rep in reps for fault in rep.faults}


def test_the_fault_table_counts_what_was_said_and_what_was_not() -> None:
    def judged(true: bool, *said: str, near: bool = False) -> JudgedForm:
        borderline = frozenset({"slack"} if near else ())
        return JudgedForm({"slack": true}, frozenset(said), borderline, frozenset())

    reps = [
        judged(True, "slack"),
        judged(True),
        judged(False, "slack"),
        judged(False),
        judged(True, near=True),
    ]
    s = score("slack", reps)
    assert (s.judged, s.there, s.right, s.wrong, s.borderline) == (4, 2, 1, 1, 1)
    assert (s.precision, s.recall) == (0.5, 0.5)
    assert score("momentum", [judged(False, "momentum")]).wrong == 1
    assert "| slack            | 0.500     | 0.500  |" in faults(reps)


def test_a_direction_nearer_to_the_edge_than_its_stated_uncertainty_is_not_asked_for(
    opened: GymSession,
) -> None:
    true, of_truth = labels(opened)[0]
    rep = reps_of(opened)[0]
    assert rep.diagonal_sd_deg is not None
    near = replace(true, diagonal_deg=30.0 - 0.9 * rep.diagonal_sd_deg)
    off = replace(true, diagonal_deg=30.0 - 1.1 * rep.diagonal_sd_deg)
    assert judged_rep(near, of_truth, rep).borderline == {"direction_narrow"}
    assert judged_rep(off, of_truth, rep).borderline == frozenset()


def test_the_benchmark_judges_more_than_400_reps_of_its_own_seeds() -> None:
    plans = fault_plans()
    assert sum(len(reps) for plan in plans for reps in plan.sets) >= 400
    assert {plan.exercise for plan in plans} == set(PROFILES)
    seeds = {plan.seed for plan in plans}
    assert seeds.isdisjoint(range(FIRST_SEED, FIRST_SEED + 200))
    assert len(seeds) == len(plans)
    assert len(fault_plans(quick=True)) == 22

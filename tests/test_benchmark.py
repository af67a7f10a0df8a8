"""The benchmark judges as DESIGN defines, on sessions of its own."""

from itertools import pairwise

import numpy as np
import pytest

from tests.benchmark.accuracy import boundaries, counting, direction, latency, quantities
from tests.benchmark.baseline import plain_reps
from tests.benchmark.judged import BOUNDARIES, judge_case, rep_errors, with_gaps
from tests.benchmark.statistics import percentile, spread
from tests.benchmark.suite import TUNING_SEED, Case, benchmark_cases
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tests.gym.suite import mixed_sessions
from tests.motion import Stretch, cable, kick
from tracker.blocks import Stream
from tracker.messages import Rep
from tracker.profiles import PROFILES

SHORT = SessionPlan(seed=5, sets=((RepPlan(),) * 3,), walk_in=False)


def test_the_suite_is_wide_and_its_sessions_are_no_one_elses() -> None:
    cases = benchmark_cases()
    reps = [rep for case in cases for reps in case.plan.sets for rep in reps]
    assert len(cases) >= 200
    assert {case.plan.seed for case in cases}.isdisjoint({plan.seed for plan in mixed_sessions()})
    assert len({case.plan.seed for case in cases}) == len(cases)
    tuning = benchmark_cases(first_seed=TUNING_SEED)
    assert {case.plan.seed for case in cases}.isdisjoint({case.plan.seed for case in tuning})
    assert len({case.plan.hip_aside_m for case in cases}) == len(cases), "every lifter has habits"
    assert {case.plan.exercise for case in cases} == set(PROFILES)
    assert {rep.style for rep in reps} == {"full", "partial", "swung", "twitch", "held", "slow"}
    assert {case.sensing for case in cases} == {"cable and ankle", "cable", "ankle"}
    for exercise in PROFILES:
        plans = [case.plan for case in cases if case.plan.exercise == exercise]
        assert {plan.leg for plan in plans} == {"left", "right"}
        assert {plan.sensors for plan in plans} == {"good", "poor"}
        assert {plan.walk_in for plan in plans} == {True, False}
    standing = [case.plan for case in cases if case.plan.exercise in ("cable-kickback", "band-kickback")]
    assert {plan.calibrate for plan in standing} == {True, False}
    quick = benchmark_cases(quick=True)
    assert [case for case in cases if case in quick] == quick
    assert len(quick) < 30


def test_one_session_judged_fills_every_table() -> None:
    judged = judge_case(Case(SHORT))
    assert (judged.true_reps, judged.missed, judged.invented) == (3, 0, 0)
    for errors in judged.reps:
        assert errors.boundaries_s is not None
        assert max(abs(e) for e in errors.boundaries_s) < 0.2
        assert errors.rom_m is not None
        assert abs(errors.rom_m) < 0.02
        assert errors.latency_s[3] is not None
    for show in (counting, boundaries, quantities, direction, latency):
        assert "| " in show([judged])


def test_errors_are_found_minus_true() -> None:
    session = simulate(SHORT)
    true = session.truth.reps[0]
    fields = dict.fromkeys(Rep.__struct_fields__)
    fields |= {name: getattr(true, name) + 0.01 * k for k, name in enumerate(BOUNDARIES)}
    fields |= {"detected_s": true.eccentric_end_s + 0.2, "rom_m": (true.rom_m or 0.0) - 0.003}
    fields |= {"work_j": 1.02 * (true.work_j or 0.0), "kind": "full"}
    errors = rep_errors(true, Rep(**fields), [])  # type: ignore[arg-type]
    assert errors.boundaries_s == pytest.approx((0.0, 0.01, 0.02, 0.03))
    assert errors.latency_s == pytest.approx((None, None, None, 0.2))
    assert errors.rom_m == pytest.approx(-0.003)
    assert errors.work_share == pytest.approx(0.02)
    assert errors.mean_force_share is None
    assert errors.right_kind


def test_gaps_take_samples_out_of_a_rep_and_nothing_else() -> None:
    session = simulate(SHORT)
    kept, long = with_gaps(session.streams, session, 3)
    lost = sum(len(session.streams[s]) - len(kept[s]) for s in Stream if s in kept)
    holes = [np.diff(kept[s][:, 0]).max() for s in kept]
    assert lost > 0
    assert 0.05 <= max(holes) <= 0.51
    assert all(
        any(m.concentric_start_s < a and b < m.eccentric_end_s for m in session.truth.reps) for a, b in long
    )


def test_the_baseline_finds_plain_reps_and_no_small_movement() -> None:
    rep, twitch = kick(0.4, 1.0, 1.0, 2.0, 1.0), kick(0.05, 0.4, 0.1, 0.5, 1.0)
    found = plain_reps(cable([Stretch(0.0, 1.0), *rep, *twitch, *rep, Stretch(0.0, 1.0)]))
    assert [round(r.pause_start_s) for r in found] == [2, 9]
    for r in found:
        times = (r.concentric_start_s, r.pause_start_s, r.eccentric_start_s, r.eccentric_end_s)
        assert all(a < b for a, b in pairwise(times))


def test_statistics() -> None:
    s = spread([1.0, -3.0, None, 2.0])
    assert s is not None
    assert (s.n, s.mean_abs, s.bias) == (3, 2.0, 0.0)
    assert percentile([3.0, 1.0, 2.0, 4.0], 50.0) == 2.5
    assert percentile([3.0, 1.0, 2.0, 4.0], 100.0) == 4.0
    assert spread([None]) is None

"""Whatever befalls chips, bus and host in a set: a rep is right, or marked, or nothing was there to see it.

Generated schedules through the whole path. `KICKBACK_SCHEDULES=300 pytest -n0 --hypothesis-profile=search
--hypothesis-seed=7 tests/test_fault_schedules.py` tries so many others, at two seconds each. On the finds
(`tests.fault_finds`) were chosen `GapParams.beside_s`, `MovementParams.far`, the numbers of `unseen_turns`,
those of `lone_value`, and `MOST_MISSED`, `STILL_RAD` and `SEEN_STILL_S` of `turned`.
"""

import os
from collections.abc import Callable

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from firmware.config.sensors import ImuChip
from firmware.sampling.schedule import TICK_S
from tests.chips.bus import CONTROLLERS
from tests.fault_finds import FINDS
from tests.fault_schedules import schedules
from tests.fault_trials import PLANS, Trial, boundaries_s, complaints, streams
from tests.test_whole_path_faults import session

TRIED = int(os.environ.get("KICKBACK_SCHEDULES", "2"))


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """A session that is struck as it begins, or from a second before its first rep or calibration kick on."""
    plan = draw(st.sampled_from(tuple(PLANS)))
    kicks = [true for true in session(PLANS[plan]).truth.movements if true.is_rep]
    moments = [moment_s for true in kicks for moment_s in boundaries_s(true)]
    moments += [0.0, *(moment_s - TICK_S for moment_s in moments)]
    schedule = draw(schedules(streams(plan), moments, kicks[0].concentric_start_s - 1.0, max(moments)))
    chips: list[ImuChip] = ["lsm6dsox", "mpu6050"]
    controllers = [each.name for each in CONTROLLERS]
    return Trial(plan, schedule, draw(st.sampled_from(chips)), draw(st.sampled_from(controllers)))


def found_once(test: Callable[[Trial], None]) -> Callable[[Trial], None]:
    for trial in FINDS:
        test = example(trial)(test)
    return test


@settings(max_examples=TRIED, phases=(Phase.explicit, Phase.generate))
@given(trials())
@found_once
def test_a_rep_is_right_or_marked_or_there_was_nothing_to_see_it_by(trial: Trial) -> None:
    assert list(complaints(trial)) == []

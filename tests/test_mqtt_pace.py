"""The pace of a backlog, on a clock of its own."""

import pytest

from firmware.mqtt.pace import Pace


def seconds_for(results: int, pace: Pace, now: list[float]) -> float:
    began_s = now[0]
    while results:
        if pace.allows():
            pace.went()
            results -= 1
        else:
            now[0] += 0.02
    return now[0] - began_s


@pytest.mark.fault(27)
def test_a_day_of_a_thousand_results_goes_out_in_16_s() -> None:
    now = [5.0]
    pace = Pace(clock=lambda: now[0])
    # 200 at once, 800 at 50 a second.
    assert 15.9 < seconds_for(1000, pace, now) < 16.1


def test_what_was_saved_up_is_bounded() -> None:
    now = [5.0]
    pace = Pace(clock=lambda: now[0])
    now[0] += 3600.0
    assert seconds_for(200, pace, now) == 0.0
    assert seconds_for(50, pace, now) > 0.9


def test_single_results_never_wait() -> None:
    now = [5.0]
    pace = Pace(clock=lambda: now[0])
    for _ in range(1000):
        now[0] += 0.5
        assert pace.allows()
        pace.went()

"""What is told, and how often, when sensors fail, return, and flap."""

from collections.abc import Mapping

import pytest

from firmware.faults import ActiveFault, Faults

SENSORS = ("cable", "load", "ankle")
GONE = {name: f"{name} gone" for name in SENSORS}


class Listener:
    """Looks 50 times a second at what is wrong, and keeps what it is told and shown, with the time."""

    def __init__(self) -> None:
        self.told: list[tuple[float, str]] = []
        self.shown: list[tuple[float, tuple[ActiveFault, ...]]] = []
        self.now_s = 1000.0
        self.faults = Faults(SENSORS, self._tell, self._show)

    def _tell(self, line: str) -> None:
        self.told.append((self.now_s - 1000.0, line))

    def _show(self, faults: tuple[ActiveFault, ...]) -> None:
        self.shown.append((self.now_s - 1000.0, faults))

    def see(self, seconds: float, wrong: Mapping[str, str]) -> None:
        for _ in range(round(seconds * 50)):
            self.faults.see(self.now_s, wrong)
            self.now_s += 0.02

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.told]


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_while_all_is_well_nothing_is_said(listener: Listener) -> None:
    listener.see(10.0, {})
    assert (listener.told, listener.shown) == ([], [])


def test_a_fault_is_told_once_and_its_end_too(listener: Listener) -> None:
    listener.see(5.0, {})
    listener.see(60.0, {"ankle": "no answer"})
    listener.see(60.0, {})
    assert listener.lines == ["ankle: no answer", "ankle: fine again"]
    assert [faults for _, faults in listener.shown] == [(ActiveFault(part="ankle", what="no answer"),), ()]
    assert listener.shown[0][0] == pytest.approx(5.0)


def test_what_is_over_within_the_first_two_seconds_is_not_told(listener: Listener) -> None:
    listener.see(1.5, GONE)
    listener.see(10.0, {})
    assert listener.lines == []


def test_no_sensor_at_all_is_one_line_and_each_return_another(listener: Listener) -> None:
    listener.see(30.0, GONE)
    assert listener.lines == [
        "no sensor answers: cable: cable gone; waiting for one, `kickback doctor` looks at each"
    ]
    listener.see(30.0, {"load": GONE["load"]})
    listener.see(30.0, {})
    assert listener.lines[1:] == ["cable: fine again", "ankle: fine again", "load: fine again"]


def test_another_part_is_told_beside_the_missing_sensors(listener: Listener) -> None:
    listener.see(5.0, {"recorder": "disk full", **GONE})
    assert [line.partition(":")[0] for line in listener.lines] == ["no sensor answers", "recorder"]


@pytest.mark.fault(2)
def test_a_loose_wire_does_not_flood_the_log(listener: Listener) -> None:
    listener.see(3.0, {})
    for _ in range(300):
        listener.see(0.1, {"ankle": "no answer"})
        listener.see(0.1, {})
    assert 3 <= len(listener.told) <= 5
    assert len(listener.shown) <= 130


@pytest.mark.fault(2)
def test_a_wire_that_is_loose_all_day_is_told_of_some_sixty_times(listener: Listener) -> None:
    listener.see(3.0, {})
    for _ in range(24 * 720):
        flap(listener)
    assert 40 <= len(listener.told) <= 70
    words_before = len(listener.told)
    listener.now_s += 3700.0
    for _ in range(20):
        flap(listener)
    assert len(listener.told) - words_before >= 3, "after a quiet hour it is told as at first"


def flap(listener: Listener) -> None:
    """Five seconds of a loose wire."""
    for wrong in ({"ankle": "no answer"}, {}):
        listener.faults.see(listener.now_s, wrong)
        listener.now_s += 2.5


def test_changed_words_are_shown_and_not_told_again(listener: Listener) -> None:
    listener.see(3.0, {"ankle": "no answer (tried 2 times)"})
    listener.see(30.0, {"ankle": "no answer (tried 3 times)"})
    assert listener.lines == ["ankle: no answer (tried 2 times)"]
    assert listener.faults.active == (ActiveFault(part="ankle", what="no answer (tried 3 times)"),)
    assert listener.shown[-1][1] == listener.faults.active


def test_the_most_urgent_fault_is_shown_first_whenever_it_came(listener: Listener) -> None:
    listener.see(3.0, {"load": "b"})
    listener.see(3.0, {"ankle": "a", "load": "b"})
    assert [fault.part for fault in listener.shown[-1][1]] == ["ankle", "load"]

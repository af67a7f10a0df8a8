"""What `kickback doctor` finds of the display and the pins."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from firmware.checkup.finding import Finding, State
from firmware.checkup.panel import examine_panel
from firmware.config.panel import Panel
from firmware.errors import FaultError
from firmware.i2c.bus import Bus
from tests.chips.bus import ModelBus
from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock


class Screen(Chip):
    """A display: takes commands behind a control byte, and cannot be read."""

    name = "display"

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.taken: list[bytes] = []

    def receive(self, data: bytes) -> bool:
        self.taken.append(data)
        return True


def panel(**parts: Any) -> Panel:
    return msgspec.convert(parts, Panel)


def look(chips: dict[int, Chip], settings: Panel, sensor_buses: frozenset[int]) -> list[Finding]:
    clock = VirtualClock()
    model = ModelBus(clock, chips)
    findings = list(
        examine_panel(settings, sensor_buses, lambda number: Bus(model, f"i2c-{number}"), lambda: None)
    )
    assert model.closed or not model.load.transactions
    return findings


def test_without_a_panel_there_is_nothing_to_say() -> None:
    assert look({}, panel(), frozenset({1})) == []


def test_a_display_is_asked_by_a_command_that_does_nothing() -> None:
    screen = Screen(VirtualClock())
    (found,) = look({0x3C: screen}, panel(display={"kind": "sh1106"}), frozenset({1}))
    assert found == Finding("display", State.FINE, "sh1106 answers at 0x3c on i2c-3")
    assert screen.taken == [b"\x00\xe3"]


def test_a_display_that_is_not_there_is_wrong() -> None:
    (found,) = look({}, panel(display={"kind": "ssd1306"}), frozenset({1}))
    assert found.state is State.WRONG
    assert "i2c-3 address 0x3c: nothing answers" in found.what


def test_a_display_among_the_sensors_is_noted() -> None:
    screen = Screen(VirtualClock())
    fine, note = look({0x3C: screen}, panel(display={"kind": "ssd1306", "bus": 1}), frozenset({1}))
    assert (fine.state, note.state) == (State.FINE, State.NOTE)
    assert "25 ms" in note.what


def no_pins() -> None:
    raise FaultError("no GPIO: lgpio is not installed; on a Raspberry Pi: sudo apt install python3-lgpio")


@pytest.mark.parametrize(
    ("open_pins", "state", "words"),
    [(lambda: None, State.FINE, "buzzer.pin at GPIO 18"), (no_pins, State.WRONG, "lgpio is not installed")],
)
def test_pins(open_pins: Callable[[], object], state: State, words: str) -> None:
    def no_bus(number: int) -> Bus:
        raise AssertionError(f"bus {number} was opened")

    settings = panel(buzzer={"pin": 18})
    (found,) = examine_panel(settings, frozenset(), no_bus, open_pins)
    assert (found.part, found.state) == ("pins", state)
    assert words in found.what

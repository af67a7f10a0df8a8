"""Panel: the display on its bus, and the pins of buttons, buzzer and lamp."""

from collections.abc import Callable, Iterator

from firmware.checkup.finding import Finding, failure, fine, note
from firmware.config.panel import Display, Panel
from firmware.errors import FaultError
from firmware.i2c.bus import Bus
from firmware.panel.gpio import pin_factory

_COMMANDS = 0x00
_NOTHING = b"\xe3"
"""A command that does nothing, of SSD1306 and SH1106 alike; many displays cannot be read."""


def examine_panel(
    panel: Panel,
    sensor_buses: frozenset[int],
    open_bus: Callable[[int], Bus],
    open_pins: Callable[[], object] = pin_factory,
) -> Iterator[Finding]:
    """Look at what the config says is mounted; `sensor_buses`: where the sensors are."""
    if panel.display.kind != "none":
        yield from _display(panel.display, sensor_buses, open_bus)
    pins = list(panel.pins)
    if pins:
        used = ", ".join(f"{key} at GPIO {pin}" for key, pin in pins)
        try:
            open_pins()
        except FaultError as error:
            yield failure("pins", error)
        else:
            yield fine("pins", f"can be used: {used}")


def _display(
    display: Display, sensor_buses: frozenset[int], open_bus: Callable[[int], Bus]
) -> Iterator[Finding]:
    try:
        bus = open_bus(display.bus)
        try:
            bus.write(display.address, _COMMANDS, _NOTHING)
        finally:
            bus.close()
    except FaultError as error:
        yield failure("display", error)
        return
    yield fine("display", f"{display.kind} answers at {display.address:#04x} on {bus.name}")
    if display.bus in sensor_buses:
        yield note(
            "display",
            f"it shares {bus.name} with sensors and takes it for 25 ms a picture",
            "give it a bus of its own: panel.display.bus",
        )

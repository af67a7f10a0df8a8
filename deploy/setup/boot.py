"""Boot: the settings of a Raspberry Pi that buses need, as one marked block of config.txt."""

import difflib
import re
from dataclasses import dataclass

from deploy.setup import layout
from deploy.setup.changes import Changes

_BEGIN = "# kickback: begin, by its install.sh"
_END = "# kickback: end"
SENSORS = "dtparam=i2c_arm=on,i2c_arm_baudrate=400000"
"""Bus 1, at the speed that the sensors' rates need."""


@dataclass(frozen=True, slots=True)
class DisplayBus:
    """A bus for the display alone, on the same pins of every model, so that one wiring fits all."""

    overlay: str
    number: int


_IN_SOFTWARE = DisplayBus("i2c-gpio,bus=3,i2c_gpio_sda=22,i2c_gpio_scl=23,i2c_gpio_delay_us=2", 3)
"""2 us are about 100 kHz."""


def display_bus(model: str) -> DisplayBus:
    """The display's bus on a Raspberry Pi: in hardware where these pins have one, else in software."""
    if re.search(r"\bPi (4|400)\b|Compute Module 4", model):
        return DisplayBus("i2c6,pins_22_23", 6)
    if re.search(r"\bPi (5|500)\b|Compute Module 5", model):
        return DisplayBus("i2c3-pi5,pins_22_23", 3)
    return _IN_SOFTWARE


def with_settings(text: str, bus: DisplayBus) -> str:
    """Add the block to a config.txt, after what is there: the last setting counts.

    A bus of the display's number that its owner has set up is left as it is.
    """
    rest = without_settings(text)
    own = rf"^\s*dtoverlay=(i2c{bus.number}\b|i2c-gpio\b.*\bbus={bus.number}\b)"
    lines = [_BEGIN, "[all]", "# The sensors' bus, 1, at the speed that their rates need.", SENSORS]
    if re.search(own, rest, re.MULTILINE) is None:
        lines += [
            f"# The display's, {bus.number}, on GPIO 22 (SDA) and 23 (SCL).",
            f"dtoverlay={bus.overlay}",
        ]
    between = "" if not rest or rest.endswith("\n") else "\n"
    return f"{rest}{between}{chr(10).join([*lines, _END])}\n"


def without_settings(text: str) -> str:
    """Take the block out again."""
    return re.sub(rf"^{re.escape(_BEGIN)}\n(.*\n)*?{re.escape(_END)}\n?", "", text, flags=re.MULTILINE)


def set_boot(changes: Changes, bus: DisplayBus | None) -> bool:
    """Show the difference and make it; without a `bus` take it back. Return whether it takes a restart."""
    text = changes.host.text(layout.BOOT)
    if text is None:
        if bus is not None:
            changes.host.say(f"  no {layout.BOOT}: not a Raspberry Pi, its boot settings are left out")
        return False
    after = without_settings(text) if bus is None else with_settings(text, bus)
    if after == text:
        return False
    for line in difflib.unified_diff(text.splitlines(), after.splitlines(), layout.BOOT, "changed", n=2):
        changes.host.say(f"    {line.rstrip()}")
    if changes.host.ask is not None and not changes.dry:
        answer = changes.host.ask("  Change the boot settings so? [Y/n] ").strip().lower()
        if answer not in ("", "y", "yes"):
            changes.host.say("  boot settings left as they are; without them a bus may be missing")
            return False
    # A FAT partition knows no modes: what it shows stays.
    return changes.file(layout.BOOT, after, mode=changes.host.at(layout.BOOT).stat().st_mode & 0o7777)

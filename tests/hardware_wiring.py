"""The wiring of hardware/ as its sources say it, and the list of parts."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
HARDWARE = ROOT / "hardware"
DRAWINGS = sorted((HARDWARE / "wiring").glob("*.yml"))

_ODD = "3V3 2 3 4 GND 17 27 22 3V3 10 9 11 GND 0 5 6 13 19 26 GND"
_EVEN = "5V 5V GND 14 15 18 GND 23 24 GND 25 8 7 1 GND 12 GND 16 20 21"
HEADER = {
    **dict(zip(range(1, 40, 2), _ODD.split(), strict=True)),
    **dict(zip(range(2, 41, 2), _EVEN.split(), strict=True)),
}
"""The 40-pin header of every Raspberry Pi: what is on each pin, a number for a GPIO."""


@cache
def harness(path: Path) -> dict[str, Any]:
    """The source of a drawing."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def wires() -> list[tuple[str, str, str, str]]:
    """Every wire of every drawing: part and pin at its one end, part and pin at the other."""
    found = []
    for path in DRAWINGS:
        drawing = harness(path)
        for connection in drawing["connections"]:
            ends = [each for each in connection if isinstance(each, dict)]
            ends = [each for each in ends if next(iter(each)) in drawing["connectors"]]
            if len(ends) == 2:
                (one, pins), (other, others) = (
                    (name, _each(pins)) for end in ends for name, pins in end.items()
                )
                assert len(pins) == len(others), f"{path.name}: {one} to {other}"
                found += [(one, pin, other, end) for pin, end in zip(pins, others, strict=True)]
    return found


def _each(pins: list[object]) -> list[str]:
    """The pins of one end, `1-8` one by one."""
    found = []
    for pin in map(str, pins):
        span = re.fullmatch(r"(\d+)-(\d+)", pin)
        found += [str(each) for each in range(int(span[1]), int(span[2]) + 1)] if span else [pin]
    return found


def label(part: str, pin: str) -> str:
    """The label of a pin, as any drawing of the part has it."""
    for path in DRAWINGS:
        connector = harness(path)["connectors"].get(part)
        if connector is not None and pin in map(str, connector["pins"]):
            return str(connector["pinlabels"][[str(each) for each in connector["pins"]].index(pin)])
    raise AssertionError(f"{part} has no pin {pin}")


def at_header() -> dict[int, tuple[str, str]]:
    """What each pin of the header goes to: part, and the label of its pin."""
    found: dict[int, tuple[str, str]] = {}
    for one, pin, other, end in wires():
        if one == "U1" and pin.isdigit():
            assert int(pin) not in found, f"two wires on pin {pin}"
            found[int(pin)] = other, label(other, end)
    return found


def bill() -> list[dict[str, str]]:
    """The list of parts."""
    with (HARDWARE / "bom.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gpio(part: str, pin: str = "signal") -> int:
    """The GPIO that a pin of a part is wired to."""
    found = [number for number, at in at_header().items() if at == (part, pin)]
    assert len(found) == 1, f"{part} {pin} is on the pins {found}"
    return int(HEADER[found[0]])

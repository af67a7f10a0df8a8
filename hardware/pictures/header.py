"""Draws the header of the Raspberry Pi with what the wiring plugs on each pin, as SVG to standard output."""

from pathlib import Path
from typing import Any

import yaml

WIRING = Path(__file__).parent.parent / "wiring"
COLOURS = {
    "BK": "#222222",
    "RD": "#d62828",
    "BU": "#2c6fbb",
    "YE": "#f2c200",
    "GN": "#1e8449",
    "OG": "#ef7d00",
    "VT": "#7b3fa0",
    "BN": "#8a5a2b",
    "WH": "#ffffff",
    "GY": "#9a9a9a",
}
STEP = 30
LEFT, RIGHT, TOP = 380, 410, 70


def plugged() -> dict[int, tuple[str, str, str]]:
    """By header pin: colour of its wire, the pin's own name, and the part it goes to."""
    found: dict[int, tuple[str, str, str]] = {}
    for path in sorted(WIRING.glob("*.yml")):
        drawing: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        pi = drawing["connectors"].get("U1")
        if pi is None:
            continue
        names = dict(zip(pi["pins"], pi["pinlabels"], strict=True))
        for near, cable, far in (each for each in drawing["connections"] if len(each) == 3):
            if "U1" not in near or not isinstance(cable, dict):
                continue
            ((wire, _),) = cable.items()
            ((part, _),) = far.items()
            kind = drawing["connectors"][part]["type"]
            for pin, colour in zip(near["U1"], drawing["cables"][wire]["colors"], strict=True):
                found[pin] = colour, names[pin], f"{part} {kind}"
    return found


def svg(pins: dict[int, tuple[str, str, str]]) -> str:
    """The picture."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 790 {TOP + 20 * STEP + 30}" '
        'font-family="DejaVu Sans, sans-serif" font-size="15">',
        "  <title>The header of the Raspberry Pi, and what is plugged on each pin</title>",
        '  <rect width="100%" height="100%" fill="#ffffff"/>',
        '  <text x="395" y="28" text-anchor="middle" font-weight="bold">memory card at this end</text>',
        '  <text x="365" y="50" text-anchor="end" fill="#555555">middle of the board</text>',
        '  <text x="425" y="50" fill="#555555">edge of the board</text>',
        f'  <rect x="{LEFT - 16}" y="{TOP - 14}" width="62" height="{20 * STEP + 2}" rx="4" fill="#30343c"/>',
    ]
    for pin in range(1, 41):
        left = pin % 2 == 1
        x, y = (LEFT if left else RIGHT), TOP + (pin - 1) // 2 * STEP + 4
        colour, name, goes = pins.get(pin, ("", "", ""))
        fill = COLOURS.get(colour, "#6b7280")
        shape = f'x="{x - 8}" y="{y - 8}" width="16" height="16" rx="{0 if pin == 1 else 8}"'
        lines.append(f'  <rect {shape} fill="{fill}" stroke="#dddddd"/>')
        at = x - 22 if left else x + 22
        anchor = "end" if left else "start"
        words = f"{goes}: {name}  {pin}" if left else f"{pin}  {name}: {goes}"
        if not colour:
            words = str(pin)
        tone = "#111111" if colour else "#aaaaaa"
        lines.append(f'  <text x="{at}" y="{y + 5}" text-anchor="{anchor}" fill="{tone}">{words}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    print(svg(plugged()), end="")

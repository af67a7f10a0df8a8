"""Power: whether a Raspberry Pi's supply holds its voltage and its processor its speed, while it counts.

The firmware keeps one bit for each thing that is so now, and 16 above it one for what was so since the start
(Raspberry Pi documentation, `vcgencmd get_throttled`); its kernel shows them as a file.
"""

from collections.abc import Callable
from pathlib import Path

UNDERVOLTAGE = 0x1
SLOWED = 0x2 | 0x4 | 0x8
SINCE_START = 16

USE_A_BETTER_SUPPLY = (
    "use the supply made for this Pi and a short, thick cable: too little voltage resets sensors"
)
COOL_IT = "give it air or a heat sink: a slow processor samples late"

_LOOK_S = 10.0
_SHOWN_S = 60.0


def told_by_kernel(sys_folder: Path = Path("/sys")) -> int | None:
    """The firmware's bits; None where there is no such firmware."""
    for file in sys_folder.glob("devices/platform/soc*/*firmware*/get_throttled"):
        try:
            return int(file.read_text(), 16)
        except (OSError, ValueError):
            continue
    return None


class PowerWatch:
    """Looks every ten seconds; what it finds is shown for a minute, since it is mostly over in no time."""

    def __init__(self, bits: Callable[[], int | None] = told_by_kernel) -> None:
        self._bits = bits
        self._looked_s = -float("inf")
        self._before = 0xF << SINCE_START
        self._found_s: dict[int, float] = {}

    def wrong(self, now_s: float) -> str | None:
        """What is wrong with the supply or the cooling and what to do about it; None when nothing is."""
        if now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            self._look(now_s)
        if self._lately(UNDERVOLTAGE, now_s):
            return f"too little voltage; {USE_A_BETTER_SUPPLY}"
        if self._lately(SLOWED, now_s):
            return f"the processor is slowed down; {COOL_IT}"
        return None

    def _look(self, now_s: float) -> None:
        bits = self._bits() or 0
        for kind in (UNDERVOLTAGE, SLOWED):
            came = (bits & ~self._before) >> SINCE_START
            if (bits | came) & kind:
                self._found_s[kind] = now_s
        self._before = bits

    def _lately(self, kind: int, now_s: float) -> bool:
        return now_s - self._found_s.get(kind, -float("inf")) < _SHOWN_S

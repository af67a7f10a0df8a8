"""Power: whether the supply holds its voltage and the processor its speed, as a Raspberry Pi tells."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from firmware.checkup.finding import Finding, fine, note, wrong

_HOT_C = 80.0
_ASK_FIRMWARE = ("vcgencmd", "get_throttled")
_UNDERVOLTAGE, _SLOWED, _THROTTLED, _TOO_WARM = 0x1, 0x2, 0x4, 0x8
_SINCE_START = 16
_POWER = "use the supply made for this Pi and a short, thick cable: too little voltage resets sensors"
_COOL = "give it air or a heat sink: a slow processor samples late"


def examine_power(
    sys_folder: Path = Path("/sys"), ask: Callable[[], str | None] | None = None
) -> Iterator[Finding]:
    """Look whether the supply holds its voltage and the processor its speed, where that can be read.

    The kernel tells, or else the firmware's own tool, which `ask` stands for.
    """
    answer = _told_by_kernel(sys_folder) or (_told_by_tool if ask is None else ask)()
    bits = None if answer is None else re.fullmatch(r"(?:throttled=)?(?:0x)?([0-9a-f]+)", answer.strip())
    if bits is None:
        yield note("power", "voltage and throttling cannot be read here; a Raspberry Pi tells")
    else:
        yield from _power(int(bits[1], 16))
    celsius = _celsius(sys_folder / "class/thermal/thermal_zone0/temp")
    if celsius is not None and celsius >= _HOT_C:
        yield wrong("temperature", f"{celsius:.0f} degrees", _COOL)
    elif celsius is not None:
        yield fine("temperature", f"{celsius:.0f} degrees")


def _told_by_kernel(sys_folder: Path) -> str | None:
    for file in sys_folder.glob("devices/platform/soc*/*firmware*/get_throttled"):
        try:
            return file.read_text()
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _told_by_tool() -> str | None:
    program = shutil.which(_ASK_FIRMWARE[0])
    if program is None:
        return None
    try:
        asked = subprocess.run(
            [program, *_ASK_FIRMWARE[1:]], capture_output=True, text=True, timeout=5.0, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout


def _power(bits: int) -> Iterator[Finding]:
    now, before = bits, bits >> _SINCE_START
    if now & _UNDERVOLTAGE:
        yield wrong("power", "too little voltage now", _POWER)
    elif before & _UNDERVOLTAGE:
        yield wrong("power", "there was too little voltage since the start", _POWER)
    if now & (_SLOWED | _THROTTLED | _TOO_WARM):
        yield wrong("power", "the processor is slowed down now", _COOL)
    elif before & (_SLOWED | _THROTTLED | _TOO_WARM):
        yield note("power", "the processor was slowed down since the start", _COOL)
    if not bits & 0xF000F:
        yield fine("power", "voltage and speed held since the start")


def _celsius(file: Path) -> float | None:
    try:
        return int(file.read_text()) / 1000.0
    except (OSError, ValueError):
        return None

"""Power: whether the supply holds its voltage and the processor its speed, as a Raspberry Pi tells."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from firmware.checkup.finding import Finding, fine, note, wrong
from firmware.power import COOL_IT, SINCE_START, SLOWED, UNDERVOLTAGE, USE_A_BETTER_SUPPLY, told_by_kernel

_HOT_C = 80.0
_ASK_FIRMWARE = ("vcgencmd", "get_throttled")


def examine_power(
    sys_folder: Path = Path("/sys"), ask: Callable[[], str | None] | None = None
) -> Iterator[Finding]:
    """Look whether the supply holds its voltage and the processor its speed, where that can be read.

    The kernel tells, or else the firmware's own tool, which `ask` stands for.
    """
    bits = told_by_kernel(sys_folder)
    if bits is None:
        answer = re.fullmatch(r"throttled=0x([0-9a-f]+)\s*", (_told_by_tool if ask is None else ask)() or "")
        bits = None if answer is None else int(answer[1], 16)
    if bits is None:
        yield note("power", "voltage and throttling cannot be read here; a Raspberry Pi tells")
    else:
        yield from _power(bits)
    celsius = _celsius(sys_folder / "class/thermal/thermal_zone0/temp")
    if celsius is not None and celsius >= _HOT_C:
        yield wrong("temperature", f"{celsius:.0f} degrees", COOL_IT)
    elif celsius is not None:
        yield fine("temperature", f"{celsius:.0f} degrees")


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
    now, before = bits, bits >> SINCE_START
    if now & UNDERVOLTAGE:
        yield wrong("power", "too little voltage now", USE_A_BETTER_SUPPLY)
    elif before & UNDERVOLTAGE:
        yield wrong("power", "there was too little voltage since the start", USE_A_BETTER_SUPPLY)
    if now & SLOWED:
        yield wrong("power", "the processor is slowed down now", COOL_IT)
    elif before & SLOWED:
        yield note("power", "the processor was slowed down since the start", COOL_IT)
    if not bits & 0xF000F:
        yield fine("power", "voltage and speed held since the start")


def _celsius(file: Path) -> float | None:
    try:
        return int(file.read_text()) / 1000.0
    except (OSError, ValueError):
        return None

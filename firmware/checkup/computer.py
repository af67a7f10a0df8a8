"""Computer: the software, the power supply, the clock and the disk that the appliance stands on."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from firmware.checkup.finding import Finding, fine, note, wrong
from firmware.config import Places
from firmware.wall_clock import set_by_network

DISTRIBUTION = "kickback-tracker"
_INSTALL = "install it again: bash deploy/prepare.sh"
_LEAST_FREE_MB = 100
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
_HOT_C = 80.0
_ASK_FIRMWARE = ("vcgencmd", "get_throttled")
_UNDERVOLTAGE, _SLOWED, _THROTTLED, _TOO_WARM = 0x1, 0x2, 0x4, 0x8
_SINCE_START = 16
_POWER = "use the supply made for this Pi and a short, thick cable: too little voltage resets sensors"
_COOL = "give it air or a heat sink: a slow processor samples late"


def examine_software(installed: Callable[[str], str] = version) -> Iterator[Finding]:
    """Look at Python and at every package that Kickback needs."""
    python = platform.python_version()
    try:
        own, requirements = installed(DISTRIBUTION), requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield wrong("software", f"{DISTRIBUTION} is not installed, Python {python}", _INSTALL)
        return
    found, amiss = [], []
    for requirement in requirements:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
        try:
            release = installed(name)
        except PackageNotFoundError:
            amiss.append(f"{name} is missing")
            continue
        found.append(f"{name} {release}")
        limits = re.findall(r"(>=|<)\s*([0-9][0-9.]*)", requirement.partition(";")[0])
        if not all(_within(release, sign, limit) for sign, limit in limits):
            amiss.append(f"{name} {release} does not fit {requirement}")
    if amiss:
        yield wrong("software", ", ".join(amiss), _INSTALL)
    yield fine("software", f"kickback {own}, Python {python}, {', '.join(found)}")


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


def examine_clock(
    now: Callable[[], datetime] = lambda: datetime.now(UTC), synchronized: Callable[[], bool] = set_by_network
) -> Iterator[Finding]:
    """Look at the wall clock, which dates results and certificates; counting needs none."""
    moment = now()
    shown = moment.isoformat(sep=" ", timespec="minutes")
    if synchronized():
        yield fine("clock", f"{shown}, set by the network")
    elif moment < _EARLIEST:
        yield wrong("clock", f"{shown} is long past", "connect it to a network, or sudo date --set '...'")
    else:
        yield note(
            "clock",
            f"{shown}, not set by the network yet; results are marked so",
            "look with timedatectl; without a network dates may be wrong, counting is not",
        )


def examine_disk(places: Places, keep_free_mb: int, recording: bool) -> Iterator[Finding]:
    """Look whether state and recordings can be written, and whether there is room."""
    needs = [("state", places.state, _LEAST_FREE_MB)]
    if recording:
        needs.append(("recordings", places.recordings, max(keep_free_mb, _LEAST_FREE_MB)))
    for part, folder, least_mb in needs:
        there = next(each for each in (folder, *folder.parents) if each.exists())
        why = _unwritable(there)
        free_mb = shutil.disk_usage(there).free / 1e6
        if why is not None:
            yield wrong(
                part,
                f"{folder}: {'' if there == folder else f'{there} '}cannot be written ({why})",
                "run this as the user who runs kickback; else give the folder to that user",
            )
        elif free_mb < least_mb:
            yield wrong(
                part,
                f"{folder}: {free_mb:.0f} MB free, {least_mb} are needed",
                "delete old recordings, or lower recording.keep_days",
            )
        else:
            made = "" if there == folder else ", made at the first run"
            yield fine(part, f"{folder}: {free_mb / 1000:.1f} GB free{made}")


def _within(release: str, sign: str, limit: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", text)[:3]]

    ours, theirs = numbers(release), numbers(limit)
    length = max(len(ours), len(theirs))
    ours += [0] * (length - len(ours))
    theirs += [0] * (length - len(theirs))
    return ours >= theirs if sign == ">=" else ours < theirs


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


def _unwritable(folder: Path) -> str | None:
    if not folder.is_dir():
        return "it is no folder"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"kickback")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return None

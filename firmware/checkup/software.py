"""Software: Python, and every package that Kickback needs."""

import platform
import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from firmware.checkup.finding import Finding, fine, wrong

DISTRIBUTION = "kickback-tracker"


def examine_software(
    installed: Callable[[str], str] = version, environment: Path = Path(sys.prefix)
) -> Iterator[Finding]:
    """Look at Python and at every package that Kickback needs; `environment`: the virtual one it runs in."""
    python = platform.python_version()
    try:
        own, requirements = installed(DISTRIBUTION), requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield wrong("software", f"{DISTRIBUTION} is not installed, Python {python}", _again(environment))
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
        yield wrong("software", ", ".join(amiss), _mend(environment))
    yield fine("software", f"kickback {own}, Python {python}, {', '.join(found)}")


def _mend(environment: Path) -> str:
    """What brings the packages: an installed release has what it was locked to beside its environment."""
    locked = environment.parent / "deploy" / "requirements.lock"
    if _is_checkout(environment.parent) or not locked.is_file():
        return _again(environment)
    pip = f"{environment}/bin/python -m pip install --require-hashes --requirement {locked}"
    return f"install what it needs again: sudo {pip}"


def _again(environment: Path) -> str:
    if _is_checkout(environment.parent):
        return f"install it again: bash {environment.parent}/deploy/prepare.sh"
    return "install it again, in the folder of this version: sudo bash deploy/install.sh"


def _is_checkout(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()


def _within(release: str, sign: str, limit: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", text)[:3]]

    ours, theirs = numbers(release), numbers(limit)
    length = max(len(ours), len(theirs))
    ours += [0] * (length - len(ours))
    theirs += [0] * (length - len(theirs))
    return ours >= theirs if sign == ">=" else ours < theirs

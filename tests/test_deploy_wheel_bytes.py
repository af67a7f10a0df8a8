"""The wheel: the same bytes from the same sources, whatever the rights and times of a checkout."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from deploy import wheel
from tests.wheels import lacking

LEAST = 77
"""The first setuptools that takes the licence as pyproject.toml writes it."""

builds = pytest.mark.skipif(
    int(version("setuptools").partition(".")[0]) < LEAST,
    reason=f"setuptools {LEAST} or newer is not in this environment; bash deploy/prepare.sh test",
)


def checkout(there: Path, file_mode: int, folder_mode: int, at_s: int) -> Path:
    """The sources as another one might have them: other rights, other times, written in another order."""
    files = [path for name in wheel.PARTS for path in [wheel.ROOT / name, *(wheel.ROOT / name).rglob("*")]]
    for path in sorted(files, reverse=bool(at_s % 2)):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = there / path.relative_to(wheel.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(file_mode)
            os.utime(copy, (at_s, at_s))
    for folder in [there, *there.rglob("*")]:
        if folder.is_dir():
            folder.chmod(folder_mode)
    return there


@builds
def test_two_checkouts_of_one_state_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for umask, file_mode, folder_mode, at_s in [
        (0o077, 0o600, 0o700, 1_000_000_000),
        (0o002, 0o775, 0o775, 1_700_000_001),
    ]:
        place = tmp_path / str(at_s)
        source = checkout(place / "checkout", file_mode, folder_mode, at_s)
        before = os.umask(umask)
        try:
            copy = wheel.copied(source, place / "source")
            made = wheel.built(copy, place / "out", sys.executable, "1764000000")
        finally:
            os.umask(before)
        assert lacking(made) == set()
        found.append(hashlib.sha256(made.read_bytes()).hexdigest())
    assert found[0] == found[1]
    modes = {entry.external_attr >> 16 & 0o777 for entry in zipfile.ZipFile(made).infolist()}
    assert modes <= {0o644, 0o664}


def test_the_setuptools_that_builds_is_the_locked_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.append(command))
    python = wheel.builder(tmp_path, None)
    venv, install = called
    assert venv[1:] == ["-m", "venv", str(tmp_path / "venv")]
    assert install[0] == python
    assert "--require-hashes" in install
    needed = Path(install[install.index("--requirement") + 1]).read_text().splitlines()
    locked = wheel.LOCK.read_text().splitlines()
    assert needed[0].startswith("setuptools==")
    assert len(needed) >= 3
    start = locked.index(needed[0])
    assert locked[start : start + len(needed)] == needed
    assert not locked[start + len(needed)].startswith(" "), "each of its hashes"


def test_a_lock_without_setuptools_builds_nothing() -> None:
    with pytest.raises(ValueError, match="names no setuptools"):
        wheel.locked_setuptools("smbus2==0.6.1 \\\n    --hash=sha256:00\n")

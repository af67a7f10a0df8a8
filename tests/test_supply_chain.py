"""What is installed is what was looked at: every package of the lock has its version and its hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;]+)(?: ; ([^\\]+?))? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def locked() -> dict[str, list[Version]]:
    """Return the versions of each locked package; one may have several, for one Python each."""
    found: dict[str, list[Version]] = {}
    hashes = 0
    for line in (ROOT / "deploy/requirements.lock").read_text(encoding="ascii").splitlines():
        if not line or line.startswith("#"):
            continue
        if (named := _LOCKED.match(line)) is not None:
            assert hashes != 0 or not found, "a package without a hash"
            found.setdefault(named[1], []).append(Version(named[2]))
            hashes = 0
        else:
            assert _HASH.match(line), line
            hashes += 1
    assert hashes, "a package without a hash"
    return found


def test_every_dependency_is_locked_to_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = locked()
    for text in project["dependencies"]:
        wanted = Requirement(text)
        name = wanted.name.lower().replace(".", "-")
        assert versions.get(name), f"{name} is not locked: bash deploy/lock.sh"
        assert all(version in wanted.specifier for version in versions[name]), name

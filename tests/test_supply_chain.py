"""What is installed is what was looked at: every package of the lock has its version and its hashes."""

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from deploy import sbom

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


def test_the_bill_of_materials_lists_what_the_lock_does_and_what_is_bundled() -> None:
    components = json.loads(sbom.BILL.read_text(encoding="ascii"))["components"]
    listed = {each["purl"]: each for each in components if "purl" in each}
    lines = (ROOT / "deploy/requirements.lock").read_text(encoding="ascii").replace(" \\\n", " ").splitlines()
    packages = [line for line in lines if "==" in line]
    assert len(packages) > 15
    for line in packages:
        name, version = line.split()[0].split("==")
        component = listed.pop(f"pkg:pypi/{name}@{version}")
        assert [each["content"] for each in component["hashes"]] == re.findall(r"sha256:(\w+)", line)
    assert {purl.split("@")[0] for purl in listed} == {
        f"pkg:npm/{name}" for name in ("mqtt", "uplot", "ieee754", "safe-buffer", "regenerator-runtime")
    }


def test_the_bill_of_materials_is_the_one_that_is_made() -> None:
    assert sbom.BILL.read_text(encoding="ascii") == sbom.text(), "python3 deploy/sbom.py"

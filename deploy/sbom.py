"""Writes the software bill of materials, deploy/sbom.cdx.json, in CycloneDX 1.6: `python3 deploy/sbom.py`.

What is installed comes from requirements.lock, with the SHA-256 of every file that may be installed for it;
what the page and the panel bundle, from the files that lie beside it. The same sources give the same bytes:
no time, no serial number. Which package needs which is told of Kickback itself only.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BILL = ROOT / "deploy" / "sbom.cdx.json"
VENDOR = ROOT / "firmware" / "dashboard" / "page" / "vendor"
FONTS = ROOT / "firmware" / "panel" / "fonts"

_LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+?))? \\$")
_HASH = re.compile(r"^    --hash=sha256:([0-9a-f]{64})")
_VENDORED = re.compile(
    r"^\| (?P<files>`.+?`) \| (?P<name>[a-zA-Z]+) (?P<version>[0-9.]+), .* \| (?P<licence>MIT)"
)
_INSIDE = re.compile(r"^## (?P<name>\S+) (?P<version>\S+) \((?P<licence>\S+)\)$", re.MULTILINE)
_FONT = re.compile(r"(DejaVu Sans) ([0-9]+\.[0-9]+)")


def bill() -> dict[str, Any]:
    """Everything inside Kickback, as a CycloneDX document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked, bundled = list(_locked()), list(_bundled())
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    direct = {re.split(r"[^A-Za-z0-9.-]", text)[0].lower().replace(".", "-") for text in wanted}
    name, version = project["project"]["name"], project["project"]["version"]
    of_its_own = [each["bom-ref"] for each in locked if each["name"] in direct]
    of_its_own += [each["bom-ref"] for each in bundled]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": name,
                "name": name,
                "version": version,
                "licenses": [{"expression": project["project"]["license"]}],
            }
        },
        "components": [*locked, *bundled],
        "dependencies": [{"ref": name, "dependsOn": of_its_own}],
    }


def _locked() -> Iterator[dict[str, Any]]:
    """A component of each line of the lock that names a package."""
    component: dict[str, Any] = {}
    for line in (ROOT / "deploy" / "requirements.lock").read_text(encoding="ascii").splitlines():
        if (named := _LOCKED.match(line)) is not None:
            if component:
                yield component
            component = _component("pypi", named["name"], named["version"])
            if named["marker"] is not None:
                component["properties"] = [{"name": "kickback:only-where", "value": named["marker"]}]
        elif (found := _HASH.match(line)) is not None:
            component.setdefault("hashes", []).append({"alg": "SHA-256", "content": found[1]})
    yield component


def _bundled() -> Iterator[dict[str, Any]]:
    """A component of each package whose released files lie in the sources, or are inside of such a file."""
    sums = (line.split() for line in (VENDOR / "SHA256SUMS").read_text(encoding="ascii").splitlines())
    digests = {file: digest for digest, file in sums}
    for line in (VENDOR / "README.md").read_text(encoding="utf-8").splitlines():
        if (named := _VENDORED.match(line)) is not None:
            files = re.findall(r"`([^`]+)`", named["files"])
            hashes = [{"alg": "SHA-256", "content": digests[file]} for file in files]
            licences = [{"license": {"id": named["licence"]}}]
            component = _component("npm", named["name"], named["version"])
            yield {**component, "hashes": hashes, "licenses": licences}
    for inside in _INSIDE.finditer((VENDOR / "mqtt.bundled.LICENSES.md").read_text(encoding="utf-8")):
        component = _component("npm", inside["name"], inside["version"])
        yield {**component, "licenses": [{"license": {"id": inside["licence"]}}]}
    font = _FONT.search((FONTS / "README.md").read_text(encoding="utf-8"))
    if font is not None:
        yield {
            "type": "data",
            "bom-ref": "fonts",
            "name": font[1],
            "version": font[2],
            "licenses": [{"license": {"id": "Bitstream-Vera"}}],
        }


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def text() -> str:
    """The bill as it is written."""
    return json.dumps(bill(), indent=1) + "\n"


if __name__ == "__main__":
    BILL.write_text(text(), encoding="ascii")

"""What hardware/build.sh makes is made from the sources as they are now."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import trimesh

from tests.hardware_parts import PARTS
from tests.hardware_wiring import DRAWINGS, HARDWARE


def test_generated_files_are_made_from_the_sources_as_they_are_now() -> None:
    lines = (HARDWARE / "generated.sha256").read_text(encoding="utf-8").splitlines()
    noted = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    expected = {"build.sh"}
    for folder, endings in {"wiring": "yml svg png", "parts": "scad stl", "pictures": "png svg py"}.items():
        for ending in endings.split():
            expected |= {f"{folder}/{path.name}" for path in (HARDWARE / folder).glob(f"*.{ending}")}
    assert noted.keys() == expected, "run bash hardware/build.sh"
    for name, digest in noted.items():
        found = hashlib.sha256((HARDWARE / name).read_bytes()).hexdigest()
        assert found == digest, f"{name} has changed since the last bash hardware/build.sh"
    for path in DRAWINGS:
        assert path.with_suffix(".svg").is_file()
        assert path.with_suffix(".png").is_file()


def test_the_picture_of_the_header_is_drawn_from_the_wiring() -> None:
    command: list[str | Path] = [sys.executable, HARDWARE / "pictures" / "header.py"]
    made = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    assert made == (HARDWARE / "pictures" / "header.svg").read_bytes()


def words(svg: str) -> Counter[str]:
    return Counter(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed: apt install graphviz")
@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_wireviz_draws_the_same_again(path: Path, tmp_path: Path) -> None:
    wireviz = Path(sys.executable).with_name("wireviz")
    if not wireviz.exists():
        pytest.skip("wireviz is not installed: pip install '.[test]'")
    command: list[str | Path] = [wireviz, "-f", "s", "-o", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    ours = words(path.with_suffix(".svg").read_text(encoding="utf-8"))
    theirs = words((tmp_path / path.with_suffix(".svg").name).read_text(encoding="utf-8"))
    assert len(ours) > 10
    assert ours == theirs


@pytest.mark.skipif(
    shutil.which("openscad") is None, reason="openscad is not installed: apt install openscad"
)
def test_openscad_makes_the_same_part_again(tmp_path: Path) -> None:
    made = tmp_path / "bracket.stl"
    command: list[str | Path] = [
        "openscad",
        "-q",
        "--export-format",
        "binstl",
        "-D",
        'part="bracket"',
        "-o",
        made,
    ]
    subprocess.run([*command, PARTS / "encoder.scad"], check=True, capture_output=True, timeout=120)
    ours, theirs = trimesh.load_mesh(PARTS / "encoder-bracket.stl"), trimesh.load_mesh(made)
    assert theirs.volume == pytest.approx(ours.volume, rel=1e-4)
    assert list(theirs.extents) == pytest.approx(list(ours.extents), abs=1e-3)

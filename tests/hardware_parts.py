"""The printed parts as solids, and the numbers of their sources."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from manifold3d import Manifold, Mesh

HARDWARE = Path(__file__).parent.parent / "hardware"
PARTS = HARDWARE / "parts"
NAMES = tuple(path.stem for path in sorted(PARTS.glob("*.stl")))


def solid(name: str) -> Manifold:
    """Return the part of an STL file."""
    mesh = trimesh.load_mesh(PARTS / f"{name}.stl")
    return Manifold(
        Mesh(
            vert_properties=np.asarray(mesh.vertices, np.float32), tri_verts=np.asarray(mesh.faces, np.uint32)
        )
    )


def box(at: list[float], size: list[float], grown: float = 0.0) -> Manifold:
    """Return a block by its lower corner and its size, larger by `grown` on every side."""
    return Manifold.cube(tuple(each + 2.0 * grown for each in size)).translate(
        tuple(each - grown for each in at)
    )


def numbers(source: str) -> dict[str, list[float]]:
    """Return numbers and vectors at the top of an OpenSCAD file and of boards.scad, a number as one of one.

    Their sums, products and indices are written as in Python; what is not is left out.
    """
    known: dict[str, Any] = {"max": max}
    for name in ("boards", source):
        text = re.sub(r"//.*", "", (PARTS / f"{name}.scad").read_text(encoding="utf-8"))
        for key, value in re.findall(r"^(\w+) = ([^;]+);", text, re.MULTILINE):
            try:
                known[key] = eval(value, {"__builtins__": {}}, known)
            except (SyntaxError, NameError, TypeError):
                continue
    found = {key: value if isinstance(value, list) else [value] for key, value in known.items()}
    return {key: value for key, value in found.items() if all(isinstance(x, float | int) for x in value)}


def turned_over(part: Manifold, width: float, height: float) -> Manifold:
    """Return a lid, printed outer side down, as it closes a case of this width and whole height."""
    return part.rotate((0.0, 180.0, 0.0)).translate((width, 0.0, height))

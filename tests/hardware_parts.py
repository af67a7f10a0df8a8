"""The printed parts as solids, and the numbers of their sources."""

import ast
import re
from pathlib import Path

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
    """Return the plain numbers and vectors at the top of an OpenSCAD file, a number as a vector of one."""
    text = (PARTS / f"{source}.scad").read_text(encoding="utf-8")
    found = re.findall(r"^(\w+) = (\[[\d., -]+\]|[\d.-]+);", text, re.MULTILINE)
    read = {name: ast.literal_eval(value) for name, value in found}
    return {name: value if isinstance(value, list) else [value] for name, value in read.items()}


def turned_over(part: Manifold, width: float, height: float) -> Manifold:
    """Return a lid, printed outer side down, as it closes a case of this width and whole height."""
    return part.rotate((0.0, 180.0, 0.0)).translate((width, 0.0, height))

"""Lettering: the bundled bitmap letters, and which of them fit a width.

Bitmaps, so that a picture is the same on every machine and needs no system font. The height of a face
is that of its capitals. Their source and licence are in `fonts/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a rectangle of pixels; right and bottom lie just outside."""


@dataclass(frozen=True, slots=True)
class Face:
    """One size of letters. `cap`: height of its capitals and digits (pixels)."""

    name: str
    cap: int


NOTE = Face("notes-12", 9)
SMALL = Face("words-11", 8)
MEDIUM = Face("words-14", 10)
LARGE = Face("words-16", 12)
TITLE = Face("words-22", 16)
TIME = Face("digits-44", 44)
COUNT = Face("digits-36", 36)
COUNT_OF_THREE = Face("digits-36-narrow", 36)
"""These three have digits and the colon only."""

WORDS = (TITLE, LARGE, MEDIUM, SMALL)
COUNTS = (COUNT, COUNT_OF_THREE)


def ink(face: Face, text: str, left: int, top: int) -> Box:
    """Return the rectangle of the pixels lit by a text whose capitals begin at `left`, `top`."""
    box = _mask(face, text).getbbox()
    if box is None:
        return (left, top, left, top)
    up = top - _above(face)
    return (left + box[0], up + box[1], left + box[2], up + box[3])


def width(face: Face, text: str) -> int:
    """Return how far the ink of a text reaches from where it begins."""
    return ink(face, text, 0, 0)[2]


def lettered(face: Face, text: str, size: tuple[int, int], left: int, top: int) -> Image.Image:
    """Return a picture of this size that holds the text and nothing else."""
    image = Image.new("1", size)
    image.paste(_mask(face, text), (left, top - _above(face)))
    return image


def fitted(text: str, room: int, faces: Sequence[Face]) -> tuple[Face, str]:
    """Return the first of the faces in which the text is no wider than `room`.

    What is too wide even for the last one is cut short, with a full stop for what is missing.
    """
    for face in faces:
        if width(face, text) <= room:
            return face, text
    kept = text
    while kept and width(faces[-1], kept + ".") > room:
        kept = kept[:-1].rstrip()
    return faces[-1], kept + "." if kept else ""


def wrapped(text: str, room: int, face: Face, lines: int) -> list[str]:
    """Return the text in at most so many lines, broken between words where that is possible."""
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < lines:
        count = 1
        while count < len(rest) and width(face, " ".join(rest[: count + 1])) <= room:
            count += 1
        if len(found) == lines - 1:
            count = len(rest)
        found.append(fitted(" ".join(rest[:count]), room, (face,))[1])
        rest = rest[count:]
    return found


@cache
def _font(face: Face) -> ImageFont.ImageFont:
    with as_file(files("firmware") / "panel" / "fonts") as folder:
        return ImageFont.load(folder / f"{face.name}.pil")


@cache
def _above(face: Face) -> int:
    """Rows above the capitals."""
    box = _drawn(face, "8").getbbox()
    assert box is not None
    return box[3] - face.cap


def _mask(face: Face, text: str) -> Image.Image:
    return _drawn(face, text.encode("latin-1", "replace").decode("latin-1"))


@lru_cache(256)
def _drawn(face: Face, text: str) -> Image.Image:
    font = _font(face)
    _, _, right, bottom = font.getbbox(text)
    image = Image.new("1", (max(1, int(right)), max(1, int(bottom))))
    ImageDraw.Draw(image).text((0, 0), text, font=font, fill=1)
    return image

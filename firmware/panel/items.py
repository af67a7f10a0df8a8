"""Items: what a screen is made of. Each knows the pixels it may light, and draws itself."""

from dataclasses import dataclass
from enum import Enum

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from firmware.panel.lettering import Box, Face, ink, lettered

_OUTLINE = 5
"""Side of the square that a letter is thinned by to leave its outline, two pixels thick."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text whose capitals begin at `left`, `top`. `hollow` letters stand for what is not certain yet."""

    text: str
    face: Face
    left: int
    top: int
    hollow: bool = False

    @property
    def box(self) -> Box:
        """The pixels it lights."""
        return ink(self.face, self.text, self.left, self.top)

    def draw(self, image: Image.Image) -> None:
        """Light them."""
        letters = lettered(self.face, self.text, image.size, self.left, self.top)
        if self.hollow:
            inner = letters.convert("L").filter(ImageFilter.MinFilter(_OUTLINE)).convert("1")
            letters = ImageChops.logical_xor(letters, inner)
        image.paste(ImageChops.logical_or(image, letters))


@dataclass(frozen=True, slots=True)
class Banner:
    """Dark words on a lit rectangle."""

    box: Box
    words: Words

    def draw(self, image: Image.Image) -> None:
        """Light the rectangle and darken the words."""
        left, top, right, bottom = self.box
        ImageDraw.Draw(image).rectangle((left, top, right - 1, bottom - 1), fill=1)
        words = self.words
        letters = lettered(words.face, words.text, image.size, words.left, words.top)
        image.paste(ImageChops.logical_xor(image, letters))


@dataclass(frozen=True, slots=True)
class Bar:
    """A framed bar, filled from the left by `share` (0 to 1)."""

    box: Box
    share: float

    def draw(self, image: Image.Image) -> None:
        """Frame and fill."""
        left, top, right, bottom = self.box
        pen = ImageDraw.Draw(image)
        pen.rectangle((left, top, right - 1, bottom - 1), outline=1)
        filled = round((right - left) * self.share)
        if filled:
            pen.rectangle((left, top, left + filled - 1, bottom - 1), fill=1)


class Sign(Enum):
    """The direction of the last kick: in the zone, or its number must go up or down to come there."""

    GOOD = "disc"
    MORE = "up"
    LESS = "down"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign in the square with this corner and side."""

    sign: Sign
    left: int
    top: int
    side: int

    @property
    def box(self) -> Box:
        """The square."""
        return (self.left, self.top, self.left + self.side, self.top + self.side)

    def draw(self, image: Image.Image) -> None:
        """A disc, or an arrow head."""
        left, top, right, bottom = self.box
        pen = ImageDraw.Draw(image)
        middle = (left + right - 1) // 2
        match self.sign:
            case Sign.GOOD:
                pen.ellipse((left, top, right - 1, bottom - 1), fill=1)
            case Sign.MORE:
                pen.polygon(((left, bottom - 1), (middle, top), (right - 1, bottom - 1)), fill=1)
            case Sign.LESS:
                pen.polygon(((left, top), (middle, bottom - 1), (right - 1, top)), fill=1)


@dataclass(frozen=True, slots=True)
class Steps:
    """`done` of `number` boxes filled, side by side in `box`."""

    box: Box
    number: int
    done: int

    def draw(self, image: Image.Image) -> None:
        """Draw the boxes."""
        left, top, right, bottom = self.box
        pen = ImageDraw.Draw(image)
        pitch = (right - left + 4) // self.number
        for index in range(self.number):
            start = left + index * pitch
            filled = index < self.done
            pen.rectangle((start, top, start + pitch - 5, bottom - 1), fill=int(filled), outline=1, width=2)


Item = Words | Banner | Bar | Mark | Steps

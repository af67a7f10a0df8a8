"""Beside: the drawing for a terminal with the display's picture next to it, where there is room for both."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from firmware.panel.mosaic import Lit, dots, framed, halves, lit_in
from firmware.panel.picture import picture
from firmware.panel.screens import HEIGHT, WIDTH
from firmware.panel.terminal import Drawing, draw
from firmware.panel.view import PanelView

_FRAME = 2
_DRAWING_WIDTH, _DRAWING_HEIGHT = 60, 20

Mosaic = Callable[[Lit, int, int], list[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """How the picture is shown; `beside` or else below."""

    mosaic: Mosaic
    beside: bool


def place_in(width: int, height: int) -> Place | None:
    """The sharpest way in which drawing and picture have room; None where they have not."""
    sizes = {
        halves: (WIDTH + _FRAME, HEIGHT // 2 + _FRAME),
        dots: (WIDTH // 2 + _FRAME, HEIGHT // 4 + _FRAME),
    }
    for mosaic, (columns, lines) in sizes.items():
        if width >= _DRAWING_WIDTH + 1 + columns and height >= max(lines, _DRAWING_HEIGHT):
            return Place(mosaic, beside=True)
        if width >= columns and height >= _DRAWING_HEIGHT + lines:
            return Place(mosaic, beside=False)
    return None


@dataclass(frozen=True, slots=True)
class Beside:
    """A drawing and the pixels of a picture."""

    drawing: Drawing
    pixels: bytes

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield both, or the drawing alone."""
        place = None if options.ascii_only else place_in(options.max_width, console.size.height)
        if place is None:
            yield self.drawing
            return
        rows = framed(place.mosaic(lit_in(self.pixels, WIDTH), WIDTH, HEIGHT))
        screen = Text("\n".join(rows), no_wrap=True, style="bright_white")
        if not place.beside:
            yield self.drawing
            yield screen
            return
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=options.max_width - len(rows[0]) - 1)
        grid.add_column(width=len(rows[0]))
        grid.add_row(self.drawing, screen)
        yield grid


def draw_beside(view: PanelView, session_s: float) -> Beside:
    """Return the view as a terminal shows it, and as the display at the machine would."""
    return Beside(draw(view, session_s), picture(view, session_s).tobytes())

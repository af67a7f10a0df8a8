"""The display's picture in a terminal: the same pixels, beside or below the drawing, where there is room."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console

from firmware.panel.beside import Beside, draw_beside, place_in
from firmware.panel.mosaic import dots, framed, halves, lit_in
from firmware.panel.picture import picture
from firmware.panel.screens import HEIGHT, WIDTH
from firmware.panel.terminal import TerminalPanel
from tests.made_events import phase
from tests.panel_states import STATES
from tests.test_panel_view import CALIBRATE, START
from tracker.messages import Phase

IMAGES = st.binary(min_size=16, max_size=16).map(lambda data: Image.frombytes("1", (16, 8), data))


def from_halves(rows: list[str]) -> Image.Image:
    """Read the picture back, from what the characters look like."""
    image = Image.new("1", (len(rows[0]), 2 * len(rows)))
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            image.putpixel((x, 2 * y), character in "▀█")
            image.putpixel((x, 2 * y + 1), character in "▄█")
    return image


def from_dots(rows: list[str]) -> Image.Image:
    """Dots are numbered down the left column from 1 to 3, then the right from 4 to 6, then 7 and 8 below."""
    places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    image = Image.new("1", (2 * len(rows[0]), 4 * len(rows)))
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            for number, (right, down) in enumerate(places):
                image.putpixel((2 * x + right, 4 * y + down), ord(character) - 0x2800 >> number & 1)
    return image


@given(IMAGES)
def test_the_characters_show_every_pixel_where_it_is(image: Image.Image) -> None:
    lit = lit_in(image.tobytes(), 16)
    assert from_halves(halves(lit, 16, 8)).tobytes() == image.tobytes()
    assert from_dots(dots(lit, 16, 8)).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("width", "height", "mosaic", "beside"),
    [
        (191, 34, halves, True),
        (190, 54, halves, False),
        (130, 54, halves, False),
        (127, 24, dots, True),
        (127, 20, dots, True),
        (66, 38, dots, False),
    ],
)
def test_the_sharpest_way_there_is_room_for(width: int, height: int, mosaic: object, beside: bool) -> None:
    place = place_in(width, height)
    assert place is not None
    assert (place.mosaic, place.beside) == (mosaic, beside)


@pytest.mark.parametrize(("width", "height"), [(126, 37), (65, 100), (127, 19), (80, 24)])
def test_without_room_there_is_the_drawing_alone(width: int, height: int) -> None:
    assert place_in(width, height) is None
    console = Console(width=width, height=height, file=io.StringIO(), record=True)
    console.print(Beside(draw_beside(START, 0.0).drawing, bytes(1024)))
    alone = Console(width=width, height=height, file=io.StringIO(), record=True)
    alone.print(draw_beside(START, 0.0).drawing)
    assert console.export_text() == alone.export_text()


def shown(name: str, width: int, height: int, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(width=width, height=height, file=file, record=True, legacy_windows=False)
    console.print(draw_beside(*STATES[name]))
    return [line.rstrip() for line in console.export_text().splitlines()]


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize(("width", "height"), [(191, 34), (130, 54), (127, 24), (66, 40), (250, 80)])
def test_the_picture_is_whole_and_nothing_is_wider_than_the_terminal(
    name: str, width: int, height: int
) -> None:
    lines = shown(name, width, height)
    assert max(map(len, lines)) <= width
    place = place_in(width, height)
    assert place is not None
    image = picture(*STATES[name])
    for row in framed(place.mosaic(lit_in(image.tobytes(), WIDTH), WIDTH, HEIGHT)):
        assert any(line.endswith(row) for line in lines)


def test_a_terminal_without_unicode_shows_no_picture() -> None:
    assert not any("┌" in line for line in shown("hold", 200, 60, encoding="ascii"))


def test_the_bar_moves_although_nothing_happens() -> None:
    clock_s = [0.0]
    file = io.StringIO()
    console = Console(file=file, width=130, height=24, force_terminal=True)
    panel = TerminalPanel(console, START, clock=lambda: clock_s[0], drawn=draw_beside)
    panel.open()
    panel.phase(phase(Phase.CONCENTRIC, at_s=10.0))
    sizes = []
    for step in range(20):
        clock_s[0] += 0.1
        panel.at(10.0 + 0.1 * step)
        sizes.append(len(file.getvalue()))
    panel.close()
    assert len(set(sizes)) == 20


def test_a_calibration_is_shown_in_the_drawing_too() -> None:
    file = io.StringIO()
    panel = TerminalPanel(Console(file=file, width=80, height=24, force_terminal=True), START)
    panel.open()
    panel.announced(CALIBRATE)
    panel.end(6.0)
    panel.close()
    assert "CALIBRATING: kick straight back, 1 of 3" in file.getvalue()

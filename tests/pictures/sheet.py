"""The page that shows every screen of the panel, four times as large, for the README."""

from pathlib import Path

from PIL import Image

from firmware.panel.picture import picture
from firmware.panel.screens import HEIGHT, WIDTH
from tests.panel_states import STATES

FOLDER = Path(__file__).parent
SHEET = FOLDER.parent.parent / "docs" / "panel.png"

_ENLARGED = 4
_COLUMNS = 3
_SPACE = 24


def drawn(name: str) -> Image.Image:
    return picture(*STATES[name])


def contact_sheet() -> Image.Image:
    width, height = WIDTH * _ENLARGED, HEIGHT * _ENLARGED
    rows = -(-len(STATES) // _COLUMNS)
    sheet = Image.new(
        "L", (_COLUMNS * (width + _SPACE) + _SPACE, rows * (height + _SPACE) + _SPACE), color=96
    )
    for index, name in enumerate(STATES):
        row, column = divmod(index, _COLUMNS)
        large = drawn(name).convert("L").resize((width, height), Image.Resampling.NEAREST)
        sheet.paste(large, (_SPACE + column * (width + _SPACE), _SPACE + row * (height + _SPACE)))
    return sheet


def write_all() -> None:
    for name in STATES:
        drawn(name).save(FOLDER / f"{name}.png", optimize=True)
    contact_sheet().convert("P", palette=Image.Palette.ADAPTIVE, colors=4).save(SHEET, optimize=True)

"""Models of the SSD1306 and the SH1106 behind a 128 by 64 glass, as their datasheets tell.

SSD1306: Solomon Systech, rev. 1.1, tables 9-1 and 10-1. SH1106: Sino Wealth, v2.3, pages 19 to 28. Both
keep a control byte, then commands or pixels. Nothing is seen before the pump runs and the display is on;
after power up the memory holds noise. `torn`: the next message of pixels ends early, not acknowledged,
after so many bytes.
"""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from tests.chips.chip import Chip, ModelViolationError

COLUMNS, ROWS = 128, 64
PAGES = 8

COMMANDS, PIXELS = 0x00, 0x40


class OledModel(Chip):
    """What both have in common. `ram` holds a byte, lowest bit on top, for each page and column."""

    ram_columns = COLUMNS
    arguments: Mapping[int, int] = {}
    plain: frozenset[int] = frozenset()
    ignored: frozenset[int] = frozenset()

    torn: int | None = None

    def power_up(self) -> None:
        super().power_up()
        self.ram = [bytearray(self.random.randbytes(self.ram_columns)) for _ in range(PAGES)]
        self.on = self.mirrored = self.flipped = self.inverted = False
        self.pumped = False
        self.contrast = 0x80
        self.column = self.page = 0
        self.frames = 0

    def receive(self, data: bytes) -> bool:
        if len(data) < 2 or data[0] not in (COMMANDS, PIXELS):
            raise ModelViolationError(f"{self.name}: control byte missing in {data.hex()}")
        if data[0] == COMMANDS:
            self._commands(data[1:])
            return True
        torn, self.torn = self.torn, None
        for value in data[1:] if torn is None else data[1 : 1 + torn]:
            self._pixels(value)
        return torn is None

    def send(self) -> int:
        raise ModelViolationError(f"{self.name}: many boards cannot be read")

    def lit(self) -> Image.Image:
        """What an eye sees, the board upright: columns from the left with remap and scan reversed."""
        if not (self.on and self.pumped):
            return Image.new("1", (COLUMNS, ROWS))
        first = (self.ram_columns - COLUMNS) // 2
        memory = np.array([list(page[first : first + COLUMNS]) for page in self.ram], dtype=np.uint8)
        pixels = np.unpackbits(memory[:, None, :], axis=1, bitorder="little").reshape(ROWS, COLUMNS)
        upright = pixels[:: 1 if self.flipped else -1, :: 1 if self.mirrored else -1] ^ self.inverted
        return Image.fromarray(upright.astype(np.uint8) * 255).convert("1")

    def _commands(self, data: bytes) -> None:
        waiting = list(data)
        while waiting:
            code = waiting.pop(0)
            if code in self.ignored:
                continue
            count = self.arguments.get(code, 0)
            if count == 0 and code not in self.plain:
                raise ModelViolationError(f"{self.name}: undefined command {code:#04x}")
            if len(waiting) < count:
                raise ModelViolationError(f"{self.name}: command {code:#04x} without its arguments")
            self._command(code, [waiting.pop(0) for _ in range(count)])

    def _command(self, code: int, values: list[int]) -> None:
        match code:
            case 0x81:
                self.contrast = values[0]
            case 0xA0 | 0xA1:
                self.mirrored = code == 0xA1
            case 0xA6 | 0xA7:
                self.inverted = code == 0xA7
            case 0xA8 if values[0] != ROWS - 1:
                raise ModelViolationError(f"{self.name}: {values[0] + 1} rows of {ROWS}")
            case 0xAE | 0xAF:
                self.on = code == 0xAF
            case 0xC0 | 0xC8:
                self.flipped = code == 0xC8
            case 0xD3 if values[0]:
                raise ModelViolationError(f"{self.name}: picture shifted by {values[0]} rows")

    def _pixels(self, value: int) -> None:
        raise NotImplementedError


class Ssd1306Model(OledModel):
    name = "SSD1306"
    arguments = {  # noqa: RUF012
        **dict.fromkeys((0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1),
        **dict.fromkeys((0x21, 0x22, 0xA3), 2),
        **dict.fromkeys((0x26, 0x27), 6),
        **dict.fromkeys((0x29, 0x2A), 5),
    }
    plain = frozenset(
        {*range(0x20), 0x2E, 0x2F, *range(0x40, 0x80), *range(0xA0, 0xA2), *range(0xA4, 0xA8), 0xAE, 0xAF}
        | {*range(0xB0, 0xB8), 0xC0, 0xC8, 0xE3}
    )

    def power_up(self) -> None:
        super().power_up()
        self.mode = 2
        self.columns = (0, COLUMNS - 1)
        self.pages = (0, PAGES - 1)

    def _command(self, code: int, values: list[int]) -> None:
        match code:
            case 0x20:
                self.mode = values[0] & 3
            case 0x21:
                self.columns = self._window(values, COLUMNS)
                self.column = values[0]
            case 0x22:
                self.pages = self._window(values, PAGES)
                self.page = values[0]
                self.frames += 1
            case 0x8D:
                self.pumped = values[0] == 0x14
            case _:
                super()._command(code, values)

    def _window(self, values: list[int], end: int) -> tuple[int, int]:
        if not values[0] <= values[1] < end:
            raise ModelViolationError(f"{self.name}: window {values} of {end}")
        return values[0], values[1]

    def _pixels(self, value: int) -> None:
        if self.mode != 0:
            raise ModelViolationError(f"{self.name}: pixels in addressing mode {self.mode}")
        self.ram[self.page][self.column] = value
        self.column += 1
        if self.column > self.columns[1]:
            self.column = self.columns[0]
            self.page = self.pages[0] if self.page == self.pages[1] else self.page + 1


class Sh1106Model(OledModel):
    """132 columns, the glass on the middle ones. It knows no memory mode and no charge pump command, which
    luma sends all the same: real chips ignore them, and take the argument of the latter for a column. Its
    column counter stops behind the last one."""

    name = "SH1106"
    ram_columns = 132
    arguments = dict.fromkeys((0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1)
    plain = frozenset(
        {*range(0x20), *range(0x30, 0x34), *range(0x40, 0x80), 0xA0, 0xA1, *range(0xA4, 0xA8), 0xAE, 0xAF}
        | {*range(0xB0, 0xB8), 0xC0, 0xC8, 0xE0, 0xE3, 0xEE}
    )
    ignored = frozenset({0x20, 0x8D})

    def power_up(self) -> None:
        super().power_up()
        self.pumped = True

    def _command(self, code: int, values: list[int]) -> None:
        if code < 0x10:
            self.column = self.column & 0xF0 | code
        elif code < 0x20:
            self.column = self.column & 0x0F | (code & 0x0F) << 4
        elif 0xB0 <= code < 0xB8:
            self.page = code & 7
            self.frames += self.page == 0
        elif code == 0xAD:
            self.pumped = values[0] == 0x8B
        else:
            super()._command(code, values)

    def _pixels(self, value: int) -> None:
        if self.column < self.ram_columns:
            self.ram[self.page][self.column] = value
            self.column += 1

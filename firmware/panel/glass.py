"""The display's controller: luma's driver on our bus, set up without asking whether the chip is there.

SSD1306 or SH1106, 128 by 64, at 0x3C or 0x3D; a frame takes 25 ms of a 400 kHz bus and 100 ms at 100 kHz,
so it belongs on a bus of its own. Neither is ever read: many boards do not connect what reading needs.

luma's drivers set the chip up in their constructors, and each constructed one is kept until the program
ends. So one is constructed, once, on a wire that only takes down what it sends; that is sent whenever the
chip has come (back).
"""

from typing import Literal

from luma.oled.device import sh1106, ssd1306
from PIL import Image

from firmware.i2c.bus import Bus

Kind = Literal["ssd1306", "sh1106"]

_COMMANDS = 0x00
_PIXELS = 0x40
_LONGEST = 128
"""Bytes of one transfer: the width of the display; other chips on the bus wait for no longer."""

_DISPLAY_OFF = 0xAE


class Glass:
    """One display. Every method raises TransferError or BusUnavailableError when the chip cannot be had.

    `turned`: mounted upside down.
    """

    def __init__(self, kind: Kind, bus: Bus, address: int, *, turned: bool = False) -> None:
        """Nothing is sent yet."""
        self._bus = bus
        self._wire = _Wire(bus, address)
        driver = {"ssd1306": ssd1306, "sh1106": sh1106}[kind]
        self._driver = driver(self._wire, rotate=2 if turned else 0)
        self._driver.persist = True  # or luma would send to the bus when the program ends
        self._setup = self._wire.released()

    def set_up(self) -> None:
        """Set the chip up, dark."""
        for control, values in self._setup:
            self._wire.send(control, values)

    def renew(self) -> None:
        """Send the settings again, for a chip that lost its own unnoticed; what is shown stays."""
        for control, values in self._setup:
            if control == _COMMANDS:
                self._wire.send(control, values.removeprefix(bytes((_DISPLAY_OFF,))))

    def show(self, image: Image.Image) -> bool:
        """Send a picture; return False when a transfer was disturbed, so that pixels may be out of place."""
        before = self._bus.errors.total()
        self._driver.display(image)
        return self._bus.errors.total() == before

    def close(self) -> None:
        """Switch the display off and let go of the bus."""
        try:
            self._driver.hide()
        finally:
            self._bus.close()


class _Wire:
    """What luma calls a serial interface. Until `released` it takes down what would be sent."""

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self._address = address
        self._taken_down: list[tuple[int, bytes]] | None = []

    def released(self) -> tuple[tuple[int, bytes], ...]:
        """Return what was taken down; from now on everything is sent."""
        taken, self._taken_down = self._taken_down or [], None
        return tuple(taken)

    def command(self, *values: int) -> None:
        """Send a command with its arguments."""
        self._carry(_COMMANDS, bytes(values))

    def data(self, values: list[int]) -> None:
        """Send pixels."""
        self._carry(_PIXELS, bytes(values))

    def cleanup(self) -> None:
        """The bus is closed by `Glass`."""

    def send(self, control: int, values: bytes) -> None:
        """Send behind a control byte that tells commands from pixels."""
        for start in range(0, len(values), _LONGEST):
            self._bus.write(self._address, control, values[start : start + _LONGEST])

    def _carry(self, control: int, values: bytes) -> None:
        if self._taken_down is None:
            self.send(control, values)
        else:
            self._taken_down.append((control, values))

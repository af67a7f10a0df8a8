"""The panel of the config: what the lifter looks at, presses and hears."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware.config.sensors import BusNumber

GpioPin = Annotated[int, Meta(ge=4, le=27)]
"""Number of a GPIO, as printed on most boards; those below 4 are the buses of boards and sensors."""

_ADDRESSES = (0x3C, 0x3D)


class Display(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A display of 128 by 64 dots, on a bus of its own: a picture takes the bus for 25 ms or more.

    `kind`: its controller, which cannot be found out over the bus.
    `rotate`: 180 where it is mounted upside down.
    """

    kind: Literal["none", "ssd1306", "sh1106"] = "none"
    bus: BusNumber = 3
    address: int = 0x3C
    rotate: Literal[0, 180] = 0

    def __post_init__(self) -> None:
        if self.address not in _ADDRESSES:
            allowed = " or ".join(f"{address:#04x}" for address in _ADDRESSES)
            raise ValueError(f"address is {self.address:#04x}; a display can be at {allowed}")


class Buttons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The pin of each button, which connects it to ground; None where there is no such button."""

    set: GpioPin | None = None
    leg: GpioPin | None = None
    tare: GpioPin | None = None
    calibrate: GpioPin | None = None


class Buzzer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passive buzzer. `volume`: 0 is silent, 100 the loudest."""

    pin: GpioPin | None = None
    volume: Annotated[int, Meta(ge=0, le=100)] = 100


class Lamp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An LED with its resistor, to ground."""

    pin: GpioPin | None = None


class Panel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the lifter looks at. `kind` is about the terminal: `auto` is the panel on one that can show it,
    and plain lines anywhere else. The rest is what is mounted at the machine, beside it.
    """

    kind: Literal["auto", "terminal", "lines", "none"] = "auto"
    display: Display = Display()
    buttons: Buttons = Buttons()
    buzzer: Buzzer = Buzzer()
    lamp: Lamp = Lamp()

    def __post_init__(self) -> None:
        taken: dict[int, str] = {}
        for key, pin in self.pins:
            if pin in taken:
                raise ValueError(f"{key} is {pin}, which {taken[pin]} has; each needs a pin of its own")
            taken[pin] = key

    @property
    def pins(self) -> Iterator[tuple[str, int]]:
        """The pins in use, with the key of each."""
        buttons = {f"buttons.{name}": pin for name, pin in msgspec.structs.asdict(self.buttons).items()}
        pins = {**buttons, "buzzer.pin": self.buzzer.pin, "lamp.pin": self.lamp.pin}
        return ((key, pin) for key, pin in pins.items() if pin is not None)

"""The controls: what each button asks of the session, on a short press and on a long one."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from gpiozero import Button, Factory

from tracker.blocks import Announcement

LONG_S = 1.0

STUCK_S = 15.0
"""Nobody holds a button for so long: it sticks, or its wire touches ground."""

_BOUNCE_S = 0.03


class Commands(Protocol):
    """What buttons can ask for, from any thread."""

    def announce(self, announcement: Announcement) -> None:
        """Put an announcement at this moment of the session."""

    def other_leg(self) -> None:
        """Go on with the other leg, in a new set."""

    def tare(self) -> None:
        """Take what the load cell shows for no load."""


SHORT: Mapping[str, Callable[[Commands], None]] = {
    "set": lambda commands: commands.announce(Announcement.NEW_SET),
    "leg": lambda commands: commands.other_leg(),
    "tare": lambda commands: commands.tare(),
    "calibrate": lambda commands: commands.announce(Announcement.CALIBRATE),
}
"""What a button does when it is let go before it counts as held. Holding any of them ends the set."""


class Controls:
    """The buttons, each between its pin and ground. Presses come in a thread of the pins' library."""

    def __init__(
        self,
        pins: Mapping[str, int],
        commands: Commands,
        factory: Factory,
        *,
        long_s: float = LONG_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`pins`: GPIO number by button. Raise gpiozero's errors for a pin that cannot be had."""
        self._buttons: list[_Press] = []
        try:
            for name, pin in pins.items():
                self._buttons.append(_Press(name, pin, commands, factory, long_s, now))
        except Exception:
            self.close()
            raise

    @property
    def fault(self) -> str | None:
        """What is wrong with the buttons and what to do about it; None when they are fine."""
        stuck = [press.name for press in self._buttons if press.held_s > STUCK_S]
        if not stuck:
            return None
        return (
            f"{' and '.join(stuck)} pressed for more than {STUCK_S:.0f} s; free the button, "
            "or look for a wire that touches ground"
        )

    def close(self) -> None:
        """Let go of the pins."""
        for button in self._buttons:
            button.close()


class _Press:
    """One button: short when it is let go in time, long while it is still held, never both."""

    def __init__(
        self,
        name: str,
        pin: int,
        commands: Commands,
        factory: Factory,
        long_s: float,
        now: Callable[[], float],
    ) -> None:
        self.name = name
        self._short = SHORT[name]
        self._commands = commands
        self._held = False
        self._now = now
        self._since_s = now()
        self._button = Button(pin, pull_up=True, bounce_time=_BOUNCE_S, hold_time=long_s, pin_factory=factory)
        self._button.when_pressed = self._pressed
        self._button.when_held = self._long
        self._button.when_released = self._released

    @property
    def held_s(self) -> float:
        """For how long it has been pressed by now; 0 when it is not."""
        return self._now() - self._since_s if self._button.is_pressed else 0.0

    def close(self) -> None:
        """Let go of the pin."""
        self._button.close()

    def _pressed(self) -> None:
        self._since_s = self._now()
        self._held = False

    def _long(self) -> None:
        self._held = True
        self._commands.announce(Announcement.END_SET)

    def _released(self) -> None:
        if not self._held:
            self._short(self._commands)

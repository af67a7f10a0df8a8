"""The lamp: lit while the last kick of the set went into the zone."""

from gpiozero import LED, Factory

from firmware.panel.view import PanelView


def in_zone(view: PanelView) -> bool:
    """Whether the lamp is lit."""
    return view.last_set is None and view.last_rep is not None and view.last_rep.in_zone is True


class Lamp:
    """A lamp on a pin, dark at first. `fault`: what is wrong, if anything is."""

    def __init__(self, pin: int, factory: Factory) -> None:
        self.fault: str | None = None
        self._led = LED(pin, pin_factory=factory)
        self._lit = False

    def show(self, view: PanelView) -> None:
        """Light it or not; the pin is touched only when that changes."""
        lit = in_zone(view)
        if lit == self._lit or self.fault is not None:
            return
        try:
            self._led.value = lit
        except Exception as error:  # gpiozero and lgpio have many; none may end the counting
            self.fault = f"the lamp failed: {error or type(error).__name__}"
        self._lit = lit

    def close(self) -> None:
        """Darken it and let go of the pin."""
        self._led.close()

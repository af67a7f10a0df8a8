"""GPIO: the one way to the pins, chosen here and not guessed; a machine without pins is told apart."""

from contextlib import chdir
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from firmware.errors import FaultError

if TYPE_CHECKING:
    from gpiozero import Factory


def pin_factory() -> "Factory":
    """Open the pins through lgpio; raise FaultError, one line, where there are none.

    gpiozero on its own would try one library after the other, and warn of each. lgpio makes a pipe in
    the current folder when it is loaded, which a service may not write to, and opens it at once: a
    folder for that moment is enough.
    """
    try:
        with TemporaryDirectory() as folder, chdir(folder):
            from gpiozero.pins.lgpio import LGPIOFactory

        return LGPIOFactory()
    except ImportError:
        why = (
            "lgpio is not installed; on a Raspberry Pi: sudo apt install python3-lgpio, and let the virtual "
            "environment see it (--system-site-packages)"
        )
    except Exception as error:  # lgpio has an error of its own, and gpiozero several
        why = f"{error}; on a Raspberry Pi: sudo usermod -aG gpio $USER, then log in again"
    raise FaultError(f"no GPIO: {why}")

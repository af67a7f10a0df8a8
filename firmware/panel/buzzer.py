"""The buzzer: plays tunes in a thread of its own, the latest sound cutting off the one before."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from gpiozero import Factory, TonalBuzzer
from gpiozero.tones import Tone

from firmware.panel.sounds import Sound

_MIDDLE_HZ = 1760.0
_OCTAVES = 2
_LOUDEST = 0.5
"""Share of each period in which the pin is high: a square wave is loudest at a half."""


class Speaker(Protocol):
    """What makes a note."""

    def sound(self, frequency_hz: float) -> None: ...

    def silence(self) -> None: ...

    def close(self) -> None: ...


class PinSpeaker:
    """A passive buzzer on a pin. `volume`: 1 to 100; less volume is a shorter pulse in each period."""

    def __init__(self, pin: int, volume: int, factory: Factory) -> None:
        self._buzzer = TonalBuzzer(
            pin, mid_tone=Tone.from_frequency(_MIDDLE_HZ), octaves=_OCTAVES, pin_factory=factory
        )
        self._duty = _LOUDEST * (volume / 100.0) ** 2

    def sound(self, frequency_hz: float) -> None:
        """Begin a note."""
        self._buzzer.play(Tone.from_frequency(frequency_hz))
        self._buzzer.pwm_device.value = self._duty

    def silence(self) -> None:
        """End it."""
        self._buzzer.stop()

    def close(self) -> None:
        """Let go of the pin."""
        self._buzzer.close()


class Buzzer:
    """Plays sounds while inside (`with Buzzer(speaker) as buzzer`).

    `wait`: waits so many seconds for an event, and tells whether it came. `fault`: what is wrong, if
    anything is; a buzzer that failed stays silent.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self.fault: str | None = None
        self._speaker = speaker
        self._wait = wait
        self._next: Sound | None = None
        self._called = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="buzzer")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._called.set()
        self._thread.join()

    def play(self, sound: Sound) -> None:
        """Play a sound at once; never waits."""
        self._next = sound
        self._called.set()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._called.wait()
                self._called.clear()
                sound, self._next = self._next, None
                if sound is not None:
                    self._perform(sound)
            self._speaker.close()
        except Exception as error:  # gpiozero and lgpio have many; none may end the counting
            self.fault = f"the buzzer failed: {error or type(error).__name__}"

    def _perform(self, sound: Sound) -> None:
        for frequency_hz, length_s in sound.value:
            if frequency_hz:
                self._speaker.sound(frequency_hz)
            else:
                self._speaker.silence()
            if self._wait(self._called, length_s):
                break
        self._speaker.silence()

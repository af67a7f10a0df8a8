"""Buttons, buzzer and lamp on gpiozero's mock pins; a machine without pins; pins that fail."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from gpiozero import Factory
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware.errors import FaultError
from firmware.panel.buzzer import Buzzer, PinSpeaker
from firmware.panel.controls import STUCK_S, Controls
from firmware.panel.gpio import pin_factory
from firmware.panel.lamp import Lamp
from firmware.panel.sounds import Sound
from tests.chips.clock import VirtualClock
from tests.made_events import rep
from tests.test_panel_view import START, after
from tracker.blocks import Announcement

PINS = {"set": 5, "leg": 13, "tare": 19, "calibrate": 6}
BUZZER, LAMP = 12, 16
NEVER_S = 3600.0


@pytest.fixture
def pins() -> Iterator[Factory]:
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.reset()


class Session:
    """Takes what buttons ask for."""

    def __init__(self) -> None:
        self.announced: Queue[Announcement | str] = Queue()

    def announce(self, announcement: Announcement) -> None:
        self.announced.put(announcement)

    def other_leg(self) -> None:
        self.announced.put("other leg")

    def tare(self) -> None:
        self.announced.put("tare")

    def next(self) -> Announcement | str:
        return self.announced.get(timeout=30.0)


@pytest.mark.parametrize(
    ("button", "asked"),
    [
        ("set", Announcement.NEW_SET),
        ("leg", "other leg"),
        ("tare", "tare"),
        ("calibrate", Announcement.CALIBRATE),
    ],
)
def test_a_short_press_asks_once_when_it_is_let_go(
    pins: Factory, button: str, asked: Announcement | str
) -> None:
    session = Session()
    controls = Controls(PINS, session, pins, long_s=NEVER_S)
    pin = pins.pin(PINS[button])
    for _ in range(2):
        pin.drive_low()
        assert session.announced.empty()
        pin.drive_high()
        assert session.next() == asked
    assert session.announced.empty()
    controls.close()


@pytest.mark.fault(52)
@pytest.mark.parametrize("button", PINS)
def test_a_long_press_of_any_button_ends_the_set_and_does_nothing_else(pins: Factory, button: str) -> None:
    session = Session()
    controls = Controls(PINS, session, pins, long_s=0.01)
    pin = pins.pin(PINS[button])
    pin.drive_low()
    assert session.next() is Announcement.END_SET
    pin.drive_high()
    assert session.announced.empty()
    controls.close()


def test_a_short_press_after_a_long_one_is_short(pins: Factory) -> None:
    session = Session()
    controls = Controls({"set": 5}, session, pins, long_s=NEVER_S)
    pin = pins.pin(5)
    pin.drive_low()
    controls._buttons[0]._button.when_held()
    pin.drive_high()
    assert session.next() is Announcement.END_SET
    pin.drive_low()
    pin.drive_high()
    assert session.next() is Announcement.NEW_SET
    assert session.announced.empty()
    controls.close()


@pytest.mark.fault(52)
def test_a_button_that_bounces_is_heard_once(pins: Factory) -> None:
    """The kernel filters the edges; it is told for how long a contact of this kind may bounce."""
    controls = Controls(PINS, Session(), pins)
    assert {pins.pin(number).bounce for number in PINS.values()} == {0.03}
    controls.close()


@pytest.mark.fault(52)
def test_a_button_that_sticks_is_named_until_it_is_free(pins: Factory) -> None:
    clock = VirtualClock(100.0)
    session = Session()
    controls = Controls(PINS, session, pins, long_s=NEVER_S, now=clock.now)
    clock.sleep(100.0)
    leg = pins.pin(PINS["leg"])
    leg.drive_low()
    pins.pin(PINS["set"]).drive_low()
    clock.sleep(STUCK_S)
    said = [controls.fault]
    clock.sleep(0.1)
    said.append(controls.fault)
    pins.pin(PINS["set"]).drive_high()
    said.append(controls.fault)
    assert session.next() is Announcement.NEW_SET
    pins.pin(PINS["calibrate"]).drive_low()
    pins.pin(PINS["calibrate"]).drive_high()
    assert session.next() is Announcement.CALIBRATE, "one that sticks leaves the others as they are"
    leg.drive_high()
    said.append(controls.fault)
    controls.close()
    advice = "pressed for more than 15 s; free the button, or look for a wire that touches ground"
    assert said == [None, f"set and leg {advice}", f"leg {advice}", None]


def test_a_pin_that_is_taken_leaves_none_behind(pins: Factory) -> None:
    with pytest.raises(Exception, match="in use"):
        Controls({"set": 5, "calibrate": 5}, Session(), pins)
    Controls({"set": 5}, Session(), pins).close()


class Waits:
    """Stands in for waiting: keeps how long each note was to last."""

    def __init__(self, pin: MockPWMPin) -> None:
        self.pin = pin
        self.notes: list[tuple[float | None, float, float]] = []
        self.done = threading.Semaphore(0)

    def __call__(self, called: threading.Event, length_s: float) -> bool:
        self.notes.append((self.pin.frequency, float(self.pin.state), length_s))
        self.done.release()
        return False


@pytest.mark.parametrize("sound", Sound)
def test_a_sound_is_played_note_by_note_and_then_silent(pins: Factory, sound: Sound) -> None:
    speaker = PinSpeaker(BUZZER, 100, pins)
    waits = Waits(pins.pin(BUZZER))
    with Buzzer(speaker, wait=waits) as buzzer:
        buzzer.play(sound)
        for _ in sound.value:
            assert waits.done.acquire(timeout=30.0)
    for (frequency_hz, _, length_s), note in zip(waits.notes, sound.value, strict=True):
        assert (frequency_hz or 0.0, length_s) == pytest.approx(note)
    assert all(duty == (0.5 if frequency else 0.0) for frequency, duty, _ in waits.notes)
    assert pins.pin(BUZZER).frequency is None
    assert buzzer.fault is None


@pytest.mark.parametrize(("volume", "duty"), [(100, 0.5), (50, 0.125), (1, 0.00005)])
def test_less_volume_is_a_shorter_pulse(pins: Factory, volume: int, duty: float) -> None:
    speaker = PinSpeaker(BUZZER, volume, pins)
    speaker.sound(2093.0)
    assert pins.pin(BUZZER).state == pytest.approx(duty)
    speaker.silence()
    assert pins.pin(BUZZER).state == 0.0
    speaker.close()


class Notes:
    """A speaker that keeps its notes, and fails when told to."""

    def __init__(self) -> None:
        self.begun: Queue[float] = Queue()
        self.closed = False
        self.failing = False

    def sound(self, frequency_hz: float) -> None:
        if self.failing:
            raise OSError(19, "No such device")
        self.begun.put(frequency_hz)

    def silence(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def test_a_new_sound_cuts_off_the_one_before() -> None:
    notes = Notes()
    with Buzzer(notes, wait=lambda called, length_s: called.wait(30.0)) as buzzer:
        buzzer.play(Sound.SET)
        assert notes.begun.get(timeout=30.0) == Sound.SET.value[0][0]
        buzzer.play(Sound.PEAK)
        assert notes.begun.get(timeout=30.0) == Sound.PEAK.value[0][0]
    assert notes.begun.empty()
    assert notes.closed


@pytest.mark.fault(51)
def test_a_buzzer_that_fails_is_silent_and_says_so() -> None:
    notes = Notes()
    notes.failing = True
    with Buzzer(notes, wait=lambda called, length_s: False) as buzzer:
        for _ in range(100):
            buzzer.play(Sound.REP)
        buzzer._thread.join(30.0)
        buzzer.play(Sound.SET)
        assert buzzer.fault == "the buzzer failed: [Errno 19] No such device"


def test_the_lamp_follows_the_view(pins: Factory) -> None:
    lamp = Lamp(LAMP, pins)
    pin = pins.pin(LAMP)
    states = []
    for view in (START, after(rep(1)), after(rep(1), rep(2, in_zone=False)), after(rep(1))):
        lamp.show(view)
        states.append(bool(pin.state))
    assert states == [False, True, False, True]
    lamp.close()


def test_a_lamp_that_fails_says_so_once(pins: Factory) -> None:
    lamp = Lamp(LAMP, pins)
    pins.pin(LAMP).close()
    lamp._led.close()
    lamp.show(after(rep(1)))
    assert "the lamp failed" in str(lamp.fault)
    lamp.show(START)


def test_a_laptop_is_told_to_have_no_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    with pytest.raises(FaultError, match=r"^no GPIO: lgpio is not installed; on a Raspberry Pi: sudo apt"):
        pin_factory()


def test_pins_that_cannot_be_opened_are_no_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def __init__(self) -> None:
            raise RuntimeError("can not open gpiochip")

    class Module:
        LGPIOFactory = Refusing

    monkeypatch.setitem(sys.modules, "gpiozero.pins.lgpio", Module)
    with pytest.raises(FaultError, match=r"^no GPIO: can not open gpiochip; on a Raspberry Pi: sudo usermod"):
        pin_factory()


def test_the_pins_library_is_loaded_where_the_current_folder_takes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service begins in a folder that is not its own; lgpio makes its pipe in the current one."""
    (tmp_path / "lgpio.py").write_text("open('.lgd-nfy0', 'w').close()\nraise RuntimeError('came so far')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.chdir("/proc")
    with pytest.raises(FaultError, match=r"^no GPIO: came so far; on a Raspberry Pi: sudo usermod"):
        pin_factory()
    assert Path.cwd() == Path("/proc")


def test_help_and_analysis_load_no_library_of_the_panel() -> None:
    code = (
        "import sys, firmware.cli, firmware.commands.analyze, firmware.commands.tables\n"
        "import firmware.commands.source, firmware.appliance.fittings, firmware.panel.machine\n"
        "print(sorted({'PIL', 'luma', 'gpiozero'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

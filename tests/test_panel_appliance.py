"""The panel on a running appliance: whatever is pulled, pressed or missing, the events are the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from threading import Event

import msgspec
import numpy as np
import pytest
from gpiozero import LED, Factory
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware.app import Loop, Output
from firmware.appliance.fittings import machine_panel
from firmware.appliance.world import World
from firmware.config.panel import Buttons, Buzzer, Display, Lamp, Panel
from firmware.errors import FaultError
from firmware.i2c.bus import Bus
from firmware.numbering import AtOnce, Numbered, Numbering
from firmware.panel.display import Display as Shown
from firmware.panel.machine import MachinePanel
from firmware.panel.sounds import Sound
from firmware.panel.view import PanelView
from firmware.recording import read_results
from tests.appliance_rig import Bench, config_for
from tests.chips.bus import I2C_GPIO, Fault, ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.oled import Ssd1306Model
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import GymSession, simulate
from tests.motion import Stretch, cable, kick
from tests.test_panel_view import CALIBRATE, START
from tests.virtual_rig import VirtualRig
from tracker.blocks import Announcement, SampleBlock, Stream
from tracker.messages import PhaseChange, Rep
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

EVERYTHING = Panel(
    kind="none",
    display=Display(kind="ssd1306"),
    buttons=Buttons(set=5, leg=13, tare=19, calibrate=6),
    buzzer=Buzzer(pin=12),
    lamp=Lamp(pin=16),
)
"""Pins as in the example config, the display on bus 3."""

SETUP = SessionSetup(session="monday", leg="right", target="2-1-1-1")
QUICK = RepPlan(concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, pause_s=0.8)
IN_THE_SET_S = 12.0
BLOCK_S = 0.02


@cache
def blocks() -> tuple[SampleBlock, ...]:
    """A set of five reps along the cable, as the sampler would cut it."""
    reps = [stretch for _ in range(5) for stretch in kick(0.42, 1.0, 0.9, 2.0, 1.1)]
    travel = cable([Stretch(0.0, 2.0), *reps, Stretch(0.0, 15.0)])
    number = int(travel[-1, 0] / BLOCK_S)
    edges = np.searchsorted(travel[:, 0], [BLOCK_S * i for i in range(number + 1)])
    return tuple(
        SampleBlock(BLOCK_S * i, BLOCK_S * (i + 1), {Stream.CABLE: travel[edges[i] : edges[i + 1]]})
        for i in range(number)
    )


@cache
def two_reps() -> GymSession:
    return simulate(SessionPlan(sets=((QUICK, QUICK),), calibrate=False, walk_in=False, rest_s=1.0))


class Kept:
    """An output that keeps the results as they are published, and when."""

    name = "kept"

    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def result(self, numbered: Numbered) -> None:
        self.payloads.append(numbered.payload)

    def phase(self, change: PhaseChange) -> None: ...

    def at(self, session_s: float) -> None: ...

    def end(self, session_s: float) -> None: ...


def tracked(panel: MachinePanel | None, break_it: Callable[[], None] = lambda: None) -> list[bytes]:
    """Run the session with this panel; `break_it` happens in the middle of the set."""

    def coming() -> Iterator[SampleBlock]:
        for block in blocks():
            if block.start_s <= IN_THE_SET_S < block.end_s:
                break_it()
            yield block

    kept, numbering = Kept(), Numbering("kickback", replay=False)
    keeper = AtOnce(lambda result: numbering.number(result, None))
    outputs: list[Output] = [kept] if panel is None else [panel, kept]
    outcome = Loop(Tracker(SETUP), keeper, outputs).run(coming())
    assert (outcome.reps, outcome.sets, outcome.faults) == (5, 1, {})
    return kept.payloads


@pytest.fixture
def pins() -> Iterator[Factory]:
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.reset()


class Prompt(Shown):
    """A display that is refreshed whenever it is shown something, on the virtual clock of its bus."""

    clock: VirtualClock

    def __enter__(self) -> "Prompt":
        self._now = self.clock.now
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, view: object, session_s: float) -> None:
        super().show(view, session_s)  # type: ignore[arg-type]
        self.clock.until(session_s)
        self.refresh()


class Unasked:
    """Nobody presses a button."""

    def announce(self, announcement: Announcement) -> None:
        raise AssertionError(announcement)

    def other_leg(self) -> None:
        raise AssertionError

    def tare(self) -> None:
        raise AssertionError


class AtTheMachine:
    """A display on its own modelled bus, and the mock pins."""

    def __init__(self, pins: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = VirtualClock()
        self.chip = Ssd1306Model(self.clock)
        self.bus = ModelBus(self.clock, {0x3C: self.chip}, controller=I2C_GPIO)
        self.pins = pins
        prompt = type("PromptOnThisClock", (Prompt,), {"clock": self.clock})
        monkeypatch.setattr("firmware.panel.display.Display", prompt)

    def press(self, pin: int) -> None:
        self.pins.pin(pin).drive_low()
        self.pins.pin(pin).drive_high()

    def panel(self, parts: ExitStack) -> MachinePanel:
        """Everything at the machine, built as the appliance does."""
        world = World(open_bus=lambda number: Bus(self.bus, f"i2c-{number}"), pins=lambda: self.pins)
        panel = machine_panel(EVERYTHING, PanelView.of(SETUP), world, Unasked(), parts)
        assert panel is not None
        return panel


@pytest.fixture
def machine(pins: Factory, monkeypatch: pytest.MonkeyPatch) -> AtTheMachine:
    return AtTheMachine(pins, monkeypatch)


@pytest.fixture(scope="module")
def without_a_panel() -> list[bytes]:
    return tracked(None)


def pull_display(machine: AtTheMachine) -> None:
    machine.chip.present = False


def hang_display(machine: AtTheMachine) -> None:
    machine.bus.stuck = True


def lose_display_bus(machine: AtTheMachine) -> None:
    machine.bus.closed = True


def disturb_display(machine: AtTheMachine) -> None:
    machine.bus.inject(Fault.SHORT, times=100)


def pull_pins(machine: AtTheMachine) -> None:
    """Buzzer and lamp fail at the next touch, and the buttons never answer again."""
    for pin in (5, 6, 12, 16):
        machine.pins.pin(pin).close()
    machine.pins.pins.clear()


def nothing(machine: AtTheMachine) -> None:
    pass


@pytest.mark.fault(51)
@pytest.mark.parametrize(
    "break_it", [nothing, pull_display, hang_display, lose_display_bus, disturb_display, pull_pins]
)
def test_pulling_any_plug_in_the_middle_of_a_set_changes_no_event(
    machine: AtTheMachine, without_a_panel: list[bytes], break_it: Callable[[AtTheMachine], None]
) -> None:
    drawn: list[int] = []

    def break_now() -> None:
        drawn.append(machine.chip.frames)
        break_it(machine)

    with ExitStack() as parts:
        assert tracked(machine.panel(parts), break_now) == without_a_panel
    assert drawn[0] > 40, "it was drawn all the time until then"


@pytest.mark.fault(51)
@pytest.mark.parametrize("break_it", [pull_display, hang_display, disturb_display])
def test_the_display_says_what_is_wrong_with_it(
    machine: AtTheMachine, break_it: Callable[[AtTheMachine], None]
) -> None:
    with ExitStack() as parts:
        panel = machine.panel(parts)
        tracked(panel, partial(break_it, machine))
        assert "i2c-3 address 0x3c" in panel.own_faults["display"]


def test_pins_that_fail_leave_the_display_as_it_is(machine: AtTheMachine) -> None:
    with ExitStack() as parts:
        panel = machine.panel(parts)
        drawn: list[int] = []

        def break_now() -> None:
            drawn.append(machine.chip.frames)
            pull_pins(machine)

        tracked(panel, break_now)
        assert "display" not in panel.own_faults
    assert machine.chip.frames > drawn[0] + 40


class Stuck:
    """A bus on which no transfer ends before it is let go."""

    def __init__(self) -> None:
        self.began = Event()
        self.go = Event()
        self.closed = False

    def i2c_rdwr(self, *messages: object) -> None:
        self.began.set()
        assert self.go.wait(60.0)

    def close(self) -> None:
        self.closed = True


def test_a_stuck_transfer_of_the_display_holds_up_nothing(without_a_panel: list[bytes]) -> None:
    """With the display's own thread, which hangs in a transfer over the whole session."""
    stuck = Stuck()
    world = World(open_bus=lambda number: Bus(stuck, f"i2c-{number}"))
    wanted = Panel(display=Display(kind="sh1106"))
    with ExitStack() as parts:
        panel = machine_panel(wanted, PanelView.of(SETUP), world, Unasked(), parts)
        assert panel is not None
        panel.at(0.0)
        assert stuck.began.wait(60.0)
        assert tracked(panel) == without_a_panel
        assert not stuck.go.is_set()
        stuck.go.set()
    assert stuck.closed


def test_what_is_heard_in_a_session(machine: AtTheMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The target is 2-1-1-1; the kicks are 1 s out, 0.9 s held, 2 s back, 1.1 s at the start."""
    heard: list[Sound] = []
    monkeypatch.setattr("firmware.panel.buzzer.Buzzer.play", lambda self, sound: heard.append(sound))
    with ExitStack() as parts:
        tracked(machine.panel(parts))
    assert [sound for sound in heard if sound is not Sound.PHASE_END] == [
        *[Sound.PEAK, Sound.REP] * 5,
        Sound.SET,
    ]
    assert heard.count(Sound.PHASE_END) >= 5, "the pause at the start outlasts its second each time"


def test_the_appliance_hears_the_buttons_and_tells_of_the_display(
    tmp_path: Path,
    machine: AtTheMachine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The leg button at first, then tare; the set button after the first of two reps, tare in the second."""
    heard: list[Sound] = []
    monkeypatch.setattr("firmware.panel.buzzer.Buzzer.play", lambda self, sound: heard.append(sound))
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, panel=EVERYTHING))
    bench.display, bench.pins = machine.bus, lambda: machine.pins
    rig.at(3.0, partial(setattr, machine.chip, "present", False))
    rig.at(1.0, partial(machine.press, EVERYTHING.buttons.leg or 0))
    rig.at(2.5, partial(machine.press, EVERYTHING.buttons.tare or 0))
    rig.at(2.6, lambda: heard.append(Sound.FAULT))
    rig.at(13.5, partial(machine.press, EVERYTHING.buttons.tare or 0))
    rig.at(12.9, partial(machine.press, EVERYTHING.buttons.set or 0))
    outcome = bench.run()
    assert (outcome.reps, outcome.sets, outcome.faults) == (2, 2, {})
    results = [msgspec.json.decode(each.payload) for each in read_results(bench.recordings[0])]
    ends = [result["end_reason"] for result in results if "end_reason" in result]
    assert ends == ["announced", "tension_released"]
    assert [(r["leg"], r["leg_source"]) for r in results if r["schema"] == Rep.SCHEMA] == [
        ("left", "told")
    ] * 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[1].startswith("kickback: no tare: the load ")
    assert heard[: heard.index(Sound.FAULT)] == [Sound.PRESSED] * 2
    assert said[0].startswith("kickback: display: i2c-3 address 0x3c: nothing answers")
    assert said[0].endswith("; counting goes on without it")


def fit(panel: Panel, pins: Callable[[], Factory]) -> tuple[MachinePanel | None, ExitStack]:
    parts = ExitStack()
    return machine_panel(panel, START, World(pins=pins), Unasked(), parts), parts


def no_pins() -> Factory:
    raise FaultError("no GPIO: lgpio is not installed; on a Raspberry Pi: sudo apt install python3-lgpio")


def test_nothing_is_opened_where_nothing_is_named() -> None:
    def never() -> Factory:
        raise AssertionError("the pins were opened")

    panel, _ = fit(Panel(), never)
    assert panel is None


@pytest.mark.fault(51)
def test_a_laptop_says_once_that_it_has_no_pins(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = Panel(buttons=Buttons(set=5), buzzer=Buzzer(pin=12), lamp=Lamp(pin=16))
    panel, parts = fit(wanted, no_pins)
    assert panel is not None
    panel.at(0.0)
    parts.close()
    assert capsys.readouterr().err == (
        "kickback: no GPIO: lgpio is not installed; on a Raspberry Pi: sudo apt install python3-lgpio; "
        "buttons, buzzer and lamp stay off\n"
    )


@pytest.mark.fault(51)
def test_a_part_whose_pin_cannot_be_had_is_told_and_left_out(
    pins: Factory, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = LED(12, pin_factory=pins)
    panel, parts = fit(Panel(buzzer=Buzzer(pin=12), lamp=Lamp(pin=16)), lambda: pins)
    assert panel is not None
    said = capsys.readouterr().err
    assert said.startswith("kickback: buzzer: cannot be used (")
    assert len(said.splitlines()) == 1
    taken.close()
    parts.close()


def test_a_silent_buzzer_is_none(pins: Factory) -> None:
    panel, parts = fit(Panel(buzzer=Buzzer(pin=12, volume=0)), lambda: pins)
    assert panel is not None
    panel.announced(CALIBRATE)
    assert not pins.pins
    parts.close()

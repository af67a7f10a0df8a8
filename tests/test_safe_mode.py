"""A service that cannot start: its display and its broker say why, and it tries again in its own time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event

import msgspec
import pytest

from firmware.appliance.world import World
from firmware.config import Config, Panel
from firmware.config.panel import Display
from firmware.config.sections import Mqtt
from firmware.errors import BadInputError, FaultError
from firmware.i2c.bus import Bus
from firmware.safe_mode import Service, Starts
from firmware.safe_mode.service import AGAIN_S
from firmware.safe_mode.showing import LOOK_S
from firmware.safe_mode.starts import NO_WORD, TOO_MANY
from tests.appliance_rig import Manager
from tests.broker import Mosquitto, Subscriber, listening
from tests.chips.bus import I2C_GPIO, ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.oled import Ssd1306Model

BROKEN = BadInputError('kickback.toml: session.leg is \'middle\'; write "left" or "right"')
QUIET = Config(mqtt=Mqtt(enabled=False))


@dataclass
class Machine:
    """A service on virtual time. `count` is what counting comes to, `config` what reading the config does."""

    state: Path
    config: Config | BadInputError = QUIET
    failure: Exception | None = None
    asked_after_s: float = float("inf")
    counted: int = 0
    clock: VirtualClock = field(default_factory=VirtualClock)
    later: dict[float, Callable[[], object]] = field(default_factory=dict)
    glass: Ssd1306Model = field(init=False)
    manager: Manager = field(init=False)

    def __post_init__(self) -> None:
        self.glass = Ssd1306Model(self.clock)
        self.manager = Manager(self.clock.now)
        self.display = ModelBus(self.clock, {0x3C: self.glass}, controller=I2C_GPIO)

    def pause(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        for at_s in [at_s for at_s in self.later if at_s <= self.clock.now()]:
            self.later.pop(at_s)()

    def load(self) -> Config:
        if isinstance(self.config, BadInputError):
            raise self.config
        return self.config

    def count(self, config: Config) -> str:
        self.counted += 1
        if self.failure is not None:
            raise self.failure
        return "counted"

    def start(self) -> str | None:
        """Start once; the starts before are known from the state folder alone."""
        began_s = self.clock.now()
        world = World(
            open_bus=lambda number: Bus(self.display, f"i2c-{number}"),
            now=self.clock.now,
            manager=self.manager,
            asked=lambda: self.clock.now() - began_s >= self.asked_after_s,
        )
        service = Service(self.load, lambda config: None, Starts(self.state), world, self.pause)
        return service.run(self.count)

    def fails(self, error: type[Exception] = FaultError) -> str:
        with pytest.raises(error) as raised:
            self.start()
        return str(raised.value)


@pytest.mark.fault(49)
def test_after_three_starts_that_came_to_nothing_the_next_one_waits_and_says_why(tmp_path: Path) -> None:
    machine = Machine(tmp_path, failure=FaultError("no such bus"))
    for _ in range(TOO_MANY):
        assert machine.fails() == "no such bus"
    began_s = machine.clock.now()
    assert machine.fails() == "the end of safe mode: to be started anew"
    assert machine.counted == TOO_MANY
    assert machine.clock.now() - began_s == pytest.approx(AGAIN_S, abs=1.0)
    assert machine.manager.last_status == (
        "safe mode, nothing is counted: 3 starts in a row failed: no such bus"
    )
    fed_s = [at_s for at_s, text in machine.manager.said if text == "WATCHDOG=1"]
    assert max(after - before for before, after in pairwise(fed_s)) < 1.0


@pytest.mark.fault(49)
def test_then_it_is_tried_once_before_it_waits_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path, failure=FaultError("no such bus"))
    for _ in range(TOO_MANY + 1):
        machine.fails()
    assert machine.fails() == "no such bus"
    assert machine.fails().startswith("the end of safe mode")
    machine.failure = None
    assert machine.start() == "counted"
    machine.failure = FaultError("no such bus")
    assert [machine.fails() for _ in range(TOO_MANY)] == ["no such bus"] * TOO_MANY


def test_a_start_that_ends_without_a_word_counts_too(tmp_path: Path) -> None:
    for number in range(TOO_MANY):
        starts = Starts(tmp_path)
        assert (starts.failed, starts.too_many, starts.why) == (number, False, NO_WORD)
        starts.begin()
    assert Starts(tmp_path).too_many


def test_a_start_that_went_well_first_and_failed_later_does_not_count(tmp_path: Path) -> None:
    for _ in range(TOO_MANY - 1):
        Starts(tmp_path).fail("no such bus")
    starts = Starts(tmp_path)
    starts.begin()
    starts.prove(QUIET)
    starts.fail("the bus is gone, ten hours later")
    assert Starts(tmp_path).failed == 0


def test_the_end_of_a_start_waits_for_its_proof_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write the same files, and on a bad card that takes seconds."""
    monkeypatch.setattr("firmware.safe_mode.service.PROVEN_S", 0.0)
    proving, ended = Event(), Event()
    notes: list[str] = []

    class Slow(Starts):
        def prove(self, config: Config) -> None:
            proving.set()
            notes.append("meanwhile" if ended.wait(0.1) else "alone")

        def fail(self, why: str) -> None:
            ended.set()

    def count(config: Config) -> None:
        proving.wait(10.0)
        raise FaultError("no such bus")

    service = Service(lambda: QUIET, lambda config: None, Slow(tmp_path), World(), lambda seconds: None)
    with pytest.raises(FaultError, match="no such bus"):
        service.run(count)
    assert notes == ["alone"]
    assert ended.is_set()


@pytest.mark.fault(49)
def test_pulling_the_plug_again_and_again_is_no_failure_of_the_program(tmp_path: Path) -> None:
    boot = tmp_path / "boot_id"
    for number in range(TOO_MANY + 2):
        boot.write_text(f"{number}\n")
        starts = Starts(tmp_path, boot)
        assert not starts.too_many
        starts.begin()


@pytest.mark.fault(39, 49)
def test_a_config_that_cannot_be_read_is_said_until_it_is_mended(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.start() == "counted"
    machine.config = BROKEN
    mend_s = machine.clock.now() + 100.0
    machine.later[mend_s] = partial(setattr, machine, "config", QUIET)
    assert machine.fails() == "the end of safe mode: to be started anew"
    assert machine.clock.now() == pytest.approx(mend_s, abs=6.0)
    assert machine.manager.last_status == f"safe mode, nothing is counted: {BROKEN}"[:200]
    assert machine.counted == 1
    assert machine.start() == "counted"


def test_without_a_config_that_ever_worked_it_ends_with_the_mistake(tmp_path: Path) -> None:
    machine = Machine(tmp_path, config=BROKEN)
    assert machine.fails(BadInputError) == str(BROKEN)
    assert machine.manager.said == []


def test_a_stop_in_safe_mode_is_a_stop(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.start()
    machine.config, machine.asked_after_s = BROKEN, 3.0
    assert machine.start() is None
    assert machine.manager.said[-1][1] == "STOPPING=1"


@pytest.mark.fault(36, 49)
def test_a_state_folder_that_takes_nothing_keeps_no_start_from_trying(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file stands in its place")
    machine = Machine(folder, failure=FaultError("no such bus"))
    assert [machine.fails() for _ in range(TOO_MANY + 2)] == ["no such bus"] * (TOO_MANY + 2)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"number": "three"}', b'{"number": 3, "more": 1}', b"\xff"]
)
def test_what_it_remembers_may_be_damaged(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "starts.json").write_bytes(text)
    (tmp_path / "config.last-good.json").write_bytes(text)
    starts = Starts(tmp_path)
    assert (starts.failed, starts.last_good()) == (0, None)


def test_the_config_that_worked_comes_back_as_it_was(tmp_path: Path) -> None:
    config = Config(panel=Panel(display=Display(kind="sh1106", rotate=180)), mqtt=Mqtt(host="broker.example"))
    Starts(tmp_path).prove(config)
    assert Starts(tmp_path).last_good() == config


@pytest.mark.fault(49)
def test_display_and_broker_say_what_is_wrong(tmp_path: Path, mosquitto: Mosquitto) -> None:
    config = Config(panel=Panel(display=Display(kind="ssd1306")), mqtt=Mqtt(port=mosquitto.port))
    machine = Machine(tmp_path, config=config, failure=FaultError("no such bus"))
    for _ in range(TOO_MANY):
        machine.fails()
    real = Event()
    shown: list[float] = []

    def until_shown(phone: Subscriber) -> None:
        """Give the broker and the display's thread the real time that the virtual clock does not."""
        if not shown:
            real.wait(0.01)
            if machine.glass.lit().getbbox() and any(b"no such bus" in h.payload for h in list(phone.heard)):
                shown.append(machine.clock.now())

    with listening(mosquitto.port) as phone:
        for look in range(2000):
            machine.later[machine.clock.now() + 1.0 + look * LOOK_S] = partial(until_shown, phone)
        machine.fails()
        assert shown
        heard = phone.until_payload("kickback/v1/kickback/status", b"offline")
    (fault,) = {h.payload for h in heard if h.topic == "kickback/v1/kickback/fault"}
    assert msgspec.json.decode(fault) == [{"part": "start", "what": "3 starts in a row failed: no such bus"}]

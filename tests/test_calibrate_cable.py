"""`kickback calibrate cable` on a modelled pulley: what it finds, what it refuses, what it keeps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.calibrating.amounts import metres
from firmware.calibrating.checks import RefusedError
from firmware.calibrating.keeping import calibrate_cable_of
from firmware.calibration_store import read_stored
from firmware.config import Cable, Sensors
from firmware.errors import BadInputError
from firmware.i2c.bus import TransferError
from firmware.i2c.registers import ChipError
from tests.calibration_bench import Machine, Nobody, Person, bench, metres_per_count


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calibration.json"


def nothing() -> None:
    """Already as it should be."""


def pulling(
    machine: Machine, metres: float = 1.2, back: float | None = None, speed_mps: float = 0.4
) -> Person:
    returned = metres if back is None else back
    return Person(
        machine,
        [nothing, lambda: machine.pull(metres, speed_mps), lambda: machine.pull(-returned, speed_mps)],
    )


@pytest.mark.parametrize("diameter_m", [0.031, 0.064, 0.12, 0.199])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_measured_pull_gives_diameter_and_direction(diameter_m: float, sign: int, path: Path) -> None:
    machine = Machine(diameter_m=sign * diameter_m)
    person = pulling(machine)
    assert calibrate_cable_of(bench(machine, path, person), 1.2)
    entry = read_stored(path).cable
    assert entry is not None
    # Two readings of one count each over 1.2 m.
    assert entry.calibration.m_per_count == pytest.approx(sign * metres_per_count(diameter_m), rel=2e-4)
    assert entry.figures["diameter_m"] == pytest.approx(diameter_m, rel=2e-4)
    assert entry.figures["returned_within_m"] < 1e-3
    assert entry.calibration.zero_counts == int(1.0 / 6.283185307 * 4096)
    assert f"The angle {'grows' if sign > 0 else 'shrinks'} as the cable comes out." in person.text
    assert person.text.count("  pass  ") == 10
    assert "FAIL" not in person.text


def test_the_length_is_asked_for_until_it_can_be_used(path: Path) -> None:
    machine = Machine()
    person = pulling(machine, 1.5)
    person.answers = ["", "far", "0.1", "9", "nan", "150 cm"]
    assert calibrate_cable_of(bench(machine, path, person), None)
    entry = read_stored(path).cable
    assert entry is not None
    assert entry.figures["length_m"] == pytest.approx(1.5)
    assert entry.figures["diameter_m"] == pytest.approx(0.064, rel=2e-4)
    assert "a pull of 0.1 m cannot be used" in person.text


def test_a_script_sees_by_itself_when_the_cable_was_pulled_and_let_back(path: Path) -> None:
    machine = Machine()
    began_s = machine.clock.now()
    machine.moves = [(began_s + 10, 0.3, began_s + 14), (began_s + 30, -0.3, began_s + 34)]
    assert calibrate_cable_of(bench(machine, path, Nobody(machine)), 1.2)
    entry = read_stored(path).cable
    assert entry is not None
    assert entry.figures["diameter_m"] == pytest.approx(0.064, rel=2e-4)


def test_a_script_gives_up_when_nobody_pulls(path: Path) -> None:
    machine = Machine()
    with pytest.raises(RefusedError, match="not moved and held within 120 s"):
        calibrate_cable_of(bench(machine, path, Nobody(machine)), 1.2)
    assert not path.exists()


@pytest.mark.parametrize(
    ("magnet", "words"),
    [("lost", "0.5 to 3 mm before the chip"), ("weak", "bring it closer"), ("strong", "move it away")],
)
def test_a_bad_magnet_is_refused_before_anybody_pulls(magnet: str, words: str, path: Path) -> None:
    machine = Machine()
    machine.encoder.magnet = magnet
    person = Person(machine)
    with pytest.raises(RefusedError, match="magnet"):
        calibrate_cable_of(bench(machine, path, person), 1.2)
    assert words in person.text
    assert "Let the cable go back" not in person.text
    assert not path.exists()


@pytest.mark.parametrize(("gain", "words"), [(2, "away from"), (127, "closer to")])
def test_a_magnet_at_the_end_of_the_gain_is_refused(gain: int, words: str, path: Path) -> None:
    machine = Machine()
    machine.set_gain(gain)
    with pytest.raises(RefusedError, match=f"gain for the magnet.*{words}"):
        calibrate_cable_of(bench(machine, path, Person(machine)), 1.2)


def test_a_pull_within_its_limits_by_little_is_taken(path: Path) -> None:
    # Of 1.2 m: held within 4 mm, 0.33 % (limit 0.5), back within 6 mm, 0.5 % (1); 12 counts at rest (20).
    machine = Machine()
    machine.tremble_m = 0.0003
    person = pulling(machine, back=1.194)
    pull = person.does[1]

    def pull_and_tremble() -> None:
        pull()
        machine.tremble_m = 0.002

    person.does[1] = pull_and_tremble
    assert calibrate_cable_of(bench(machine, path, person), 1.2)
    entry = read_stored(path).cable
    assert entry is not None
    assert entry.figures["returned_within_m"] == pytest.approx(0.006, abs=5e-4)


def wobbling(machine: Machine, person: Person) -> None:
    def pull() -> None:
        machine.pull(1.2)
        machine.encoder.magnet = "weak"

    person.does[1] = pull


def slipping(machine: Machine, person: Person) -> None:
    person.does[2] = lambda: machine.pull(-1.17)


def trembling(machine: Machine, person: Person) -> None:
    def pull() -> None:
        machine.pull(1.2)
        machine.tremble_m = 0.01

    person.does[1] = pull


def standing(machine: Machine, person: Person) -> None:
    def pull() -> None:
        machine.encoder.angle = lambda t: 1.0
        machine.pull(1.2)

    person.does[1] = pull


def moving_at_the_stop(machine: Machine, person: Person) -> None:
    machine.tremble_m = 0.001


def tearing(machine: Machine, person: Person) -> None:
    person.does[1] = lambda: machine.pull(1.2, speed_mps=8.0)


def stalled(machine: Machine, person: Person, seconds: float = 0.15) -> None:
    """The computer does something else for a moment in the middle of the pull."""
    angle = machine.encoder.angle
    stalls = [2.0]

    def pull() -> None:
        machine.pull(1.2)
        stalls[0] = machine.clock.now() + 2.0
        machine.encoder.angle = busy

    def busy(t: float) -> float:
        if stalls and t > stalls[0]:
            stalls.clear()
            machine.clock.sleep(seconds)
        return angle(machine.clock.now())

    person.does[1] = pull


def pulled_too_far(machine: Machine, person: Person) -> None:
    person.does[1] = lambda: machine.pull(2.8, speed_mps=1.0)
    person.does[2] = lambda: machine.pull(-2.8, speed_mps=1.0)


def hardly_pulled(machine: Machine, person: Person) -> None:
    person.does[1] = lambda: machine.pull(0.35)
    person.does[2] = lambda: machine.pull(-0.35)


REFUSED = {
    "magnet wobbles": (wobbling, "magnet on the way", "centre it on the axle"),
    "slips": (slipping, "came back to its stop", "slips on the pulley"),
    "not held": (trembling, "held at the mark", "hold the cable still"),
    "pulley stands": (standing, "pulley turned", "magnet on its axle"),
    "not at rest": (moving_at_the_stop, "cable at its stop", "let the stack rest"),
    "torn": (tearing, "ambiguous steps", "pull more slowly"),
    "stalled": (stalled, "ambiguous steps", "end what else runs"),
    "pulled too far": (pulled_too_far, "pulley diameter", "measure the pull again"),
    "hardly pulled": (hardly_pulled, "pulley diameter", "measure the pull again"),
}


@pytest.mark.parametrize(("fault", "name", "advice"), REFUSED.values(), ids=REFUSED)
def test_a_pull_that_cannot_be_trusted_is_refused(
    fault: Callable[[Machine, Person], None], name: str, advice: str, path: Path
) -> None:
    machine = Machine()
    person = pulling(machine)
    fault(machine, person)
    with pytest.raises(RefusedError, match=name) as caught:
        calibrate_cable_of(bench(machine, path, person), 1.2)
    assert advice in person.text
    assert "nothing was saved" in str(caught.value)
    assert not path.exists()
    assert person.asked_to_accept == 0


def test_a_corrupt_reading_is_refused(path: Path) -> None:
    machine = Machine()
    person = pulling(machine)

    def pull() -> None:
        machine.encoder.flips[0x0C] = [(0, 6)]
        machine.pull(1.2)

    person.does[1] = pull
    with pytest.raises(RefusedError, match="corrupt readings"):
        calibrate_cable_of(bench(machine, path, person), 1.2)


def test_a_pulley_quite_unlike_the_configs_is_noted(path: Path) -> None:
    machine = Machine(diameter_m=0.09)
    person = pulling(machine)
    named = Sensors(cable=Cable(pulley_diameter_m=0.06))
    assert calibrate_cable_of(bench(machine, path, person, named), 1.2)
    assert "The config says 60 mm" in person.text


def test_where_the_config_names_no_pulley_none_is_quoted(path: Path) -> None:
    machine = Machine(diameter_m=0.09)
    person = pulling(machine)
    assert calibrate_cable_of(bench(machine, path, person), 1.2)
    assert "The config says" not in person.text


def test_a_short_stall_leaves_no_doubt(path: Path) -> None:
    machine = Machine()
    person = pulling(machine)
    stalled(machine, person, 0.03)
    assert calibrate_cable_of(bench(machine, path, person), 1.2)


def test_a_pause_while_something_is_said_is_no_ambiguous_step(path: Path) -> None:
    # A terminal over a slow network takes its time; the cable stands meanwhile.
    class Slow(Person):
        def say(self, text: str = "") -> None:
            super().say(text)
            self.machine.clock.sleep(0.4)

    machine = Machine()
    person = pulling(machine)
    slow = Slow(machine, person.does)
    assert calibrate_cable_of(bench(machine, path, slow), 1.2)


def gone(machine: Machine) -> None:
    machine.encoder.present = False


def gauge(machine: Machine) -> None:
    machine.encoder.fetched = lambda address: 0xC8  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [(gone, TransferError, "0x36: nothing answers"), (gauge, ChipError, "a battery gauge perhaps")],
)
def test_a_chip_that_is_no_encoder_is_named(
    fault: Callable[[Machine], None], error: type[Exception], words: str, path: Path
) -> None:
    machine = Machine()
    fault(machine)
    with pytest.raises(error, match=words):
        calibrate_cable_of(bench(machine, path, Person(machine)), 1.2)
    assert machine.bus.closed


@pytest.mark.parametrize(
    ("text", "length_m"), [("1.2", 1.2), (" 1,2 m", 1.2), ("120cm", 1.2), ("1200 MM", 1.2), ("-3", -3.0)]
)
def test_lengths_as_people_write_them(text: str, length_m: float) -> None:
    assert metres(text) == pytest.approx(length_m)


@pytest.mark.parametrize("text", ["", "m", "4 ft", "a"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(BadInputError, match="is no length"):
        metres(text)


@pytest.mark.parametrize("length_m", [0.29, 5.1, -1.0, float("nan")])
def test_a_length_that_cannot_be_used_is_refused_at_once(length_m: float, path: Path) -> None:
    machine = Machine()
    with pytest.raises(BadInputError, match="cannot be used"):
        calibrate_cable_of(bench(machine, path, Person(machine)), length_m)
    assert machine.bus.load.transactions == 0

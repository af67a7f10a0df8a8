"""The config file: its defaults, what it refuses and in which words, and the example that explains it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config import Config, Imu, Sensors, load_config, places_of
from firmware.config.loading import LARGEST_BYTES, parse_config
from firmware.errors import BadInputError
from firmware.i2c import lsm6dsox, mpu6050
from tracker.blocks import Stream

EXAMPLE = Path(__file__).parent.parent / "deploy" / "kickback.toml"


def complaint(text: str) -> str:
    with pytest.raises(BadInputError) as caught:
        parse_config(text, "k.toml")
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("k.toml: ")
    return said.removeprefix("k.toml: ")


def test_an_empty_file_is_a_valid_config() -> None:
    config = parse_config("", "k.toml")
    assert config == Config()
    assert config.sensors.enabled == (Stream.CABLE, Stream.LOAD, Stream.ANKLE)
    assert config.mqtt.host == "127.0.0.1"
    assert config.session.setup("monday").session == "monday"


def test_a_whole_config() -> None:
    config = parse_config(
        """
        [device]
        id = "gym-1"
        [session]
        leg = "right"
        target = "3-1-2-1"
        [sensors.ankle]
        chip = "mpu6050"
        bus = 3
        [sensors.pelvis]
        [sensors.load]
        enabled = false
        [mqtt]
        tls = true
        """,
        "k.toml",
    )
    assert config.device.id == "gym-1"
    assert (config.session.leg, config.session.target) == ("right", "3-1-2-1")
    assert config.sensors.enabled == (Stream.CABLE, Stream.PELVIS, Stream.ANKLE)
    assert config.sensors.ankle.settings == mpu6050.Settings(rate_hz=200)
    assert config.sensors.ankle.address_of(Stream.ANKLE) == 0x68
    assert config.mqtt.port_in_use == 8883


@pytest.mark.fault(39)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sensors.ankle]\nrate_hz = 300", "sensors.ankle.rate_hz is 300; lsm6dsox takes 104, 208, 417"),
        ("[sensors.ankle]\nbus = -1", "sensors.ankle.bus is -1; write a whole number from 0 to 255"),
        ("[sensors.ankle]\nbus = true", "sensors.ankle.bus is True; write a whole number from 0 to 255"),
        ("[sensors.ankle]\naddress = 104", "sensors.ankle.address is 0x68; lsm6dsox can be at 0x6a or 0x6b"),
        ("[sensors.load]\nrate_sps = 10", "sensors.load.rate_sps is 10; the NAU7802 is used with 80 or 320"),
        ("[sensors.cable]\ndirection = 0", "sensors.cable.direction is 0; write -1 or 1"),
        ("[session]\nleg = 'links'", 'session.leg is \'links\'; write "left" or "right"'),
        ("[session]\nleg_length_m = 85", "session.leg_length_m is 85; write a number from 0.3 to 1.3"),
        ("[session]\nleg_length_m = nan", "session.leg_length_m is nan; write a number"),
        ("[mqtt]\ntls = 1", "mqtt.tls is 1; write true or false"),
        ("[mqtt]\nprot = 1883", "mqtt.prot is no key; did you mean port?"),
        ("[paths]\nzzz = 1", "paths.zzz is no key; known are state"),
        ("[paths]\nstate = 'here'", "paths.state is 'here'; write the whole path, beginning with / or ~"),
        (
            "[mqtt]\nuser = 'coach'\npassword_file = 'hunter2'",
            "mqtt.password_file is no whole path; write the path of a file that holds the password",
        ),
        (
            "[panel.display]\nkind = 'ssd1309'",
            'panel.display.kind is \'ssd1309\'; write "none" or "sh1106" or "ssd1306"',
        ),
        (
            "[panel.display]\naddress = 0x78",
            "panel.display.address is 0x78; a display can be at 0x3c or 0x3d",
        ),
        ("[panel.display]\nrotate = 90", "panel.display.rotate is 90; write 0 or 180"),
        ("[panel.buttons]\nset = 2", "panel.buttons.set is 2; write a whole number from 4 to 27"),
        ("[panel.buzzer]\nvolume = 101", "panel.buzzer.volume is 101; write a whole number from 0 to 100"),
        (
            "[panel.buttons]\nset = 5\n[panel.lamp]\npin = 5",
            "panel.lamp.pin is 5, which buttons.set has; each needs a pin of its own",
        ),
        ("device = 3", "device is 3; write a table with id"),
        ("[mqtt]\nca_file = '/x'", "mqtt.tls is false; a ca_file goes with tls = true"),
        ("[mqtt]\npassword_file = '/x'", "mqtt.user is missing; a password_file goes with a user"),
        (
            "[device]\nid = 'Gym 1'",
            "device.id 'Gym 1' cannot be used; "
            "take 1 to 32 of the characters a-z, 0-9, _ and -, for example gym-1",
        ),
        (
            "[sensors.pelvis]\naddress = 0x6a",
            "sensors.pelvis.address is 0x6a on bus 1, where the ankle sensor is; "
            "take the chip's other address or another bus",
        ),
        (
            "[session]\nexercise = 'squat'",
            "session.exercise cannot be used: unknown exercise 'squat'; "
            "known are cable-kickback, band-kickback, quadruped-kickback, free",
        ),
    ],
)
def test_what_is_wrong_is_said_with_key_value_and_what_is_allowed(text: str, said: str) -> None:
    assert complaint(text) == said


def test_a_target_that_is_no_tempo() -> None:
    assert complaint("[session]\ntarget = '3-1'").startswith("session.target cannot be used: tempo '3-1'")


def test_a_syntax_error_tells_its_line() -> None:
    assert complaint("[mqtt]\nhost = broker") == "not valid TOML: Invalid value (at line 2, column 8)"


def test_a_password_is_refused_and_never_shown() -> None:
    said = complaint("[mqtt]\npassword = 'opensesame'")
    assert said == (
        "mqtt.password is no key; put the password into a file of its own and its path into password_file"
    )


def test_two_sensors_of_which_one_is_off_may_share_an_address() -> None:
    text = "[sensors.ankle]\nenabled = false\n[sensors.pelvis]\naddress = 0x6a"
    assert parse_config(text, "k.toml").sensors.enabled == (Stream.CABLE, Stream.LOAD, Stream.PELVIS)


def test_the_pelvis_takes_the_second_address_by_itself() -> None:
    sensors = Sensors(pelvis=Imu())
    assert sensors.pelvis is not None
    assert sensors.pelvis.address_of(Stream.PELVIS) == lsm6dsox.ADDRESSES[1]
    assert sensors.ankle.address_of(Stream.ANKLE) == lsm6dsox.ADDRESSES[0]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "no.toml"
    with pytest.raises(BadInputError, match=re.escape(f"{missing}: cannot be read (No such file")):
        load_config(missing)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(BadInputError, match="Is a directory"):
        load_config(folder)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"[device]\nid = '\xff'")
    with pytest.raises(BadInputError, match="byte 15 is not UTF-8"):
        load_config(binary)
    binary.write_bytes(b"#" * (LARGEST_BYTES + 1))
    with pytest.raises(BadInputError, match="larger than 256 kB"):
        load_config(binary)


def test_the_users_config_is_found_and_need_not_exist(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert load_config(None, environ) == Config()
    (tmp_path / "kickback.toml").write_text("device.id = 'own'")
    assert load_config(None, environ).device.id == "own"


def test_where_things_are_kept(tmp_path: Path) -> None:
    given = places_of(Config(), {"STATE_DIRECTORY": "/var/lib/kickback:/var/lib/other"}, tmp_path)
    assert given.recordings == Path("/var/lib/kickback/recordings")
    assert given.calibration == Path("/var/lib/kickback/calibration.json")
    assert places_of(Config(), {}, tmp_path).state == tmp_path / ".local/state/kickback"
    assert places_of(Config(), {"XDG_STATE_HOME": "/s"}, tmp_path).state == Path("/s/kickback")
    config = parse_config("[recording]\nfolder = '/r'\n[paths]\nstate = '/t'", "k.toml")
    chosen = places_of(config, {"STATE_DIRECTORY": "/var/lib/kickback"}, tmp_path)
    assert (chosen.state, chosen.recordings) == (Path("/t"), Path("/r"))


def keys(values: dict[str, Any], section: str = "") -> set[str]:
    found = set()
    for name, value in values.items():
        found |= keys(value, f"{section}{name}.") if isinstance(value, dict) else {section + name}
    return found


def test_the_example_explains_every_key_and_shows_its_default() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert parse_config(text, "example") == Config()
    every = keys(msgspec.to_builtins(Config())) - {"sensors.pelvis"}
    uncommented = re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE)
    parse_config(uncommented.replace("tls = false", "tls = true"), "example")
    section, found = "", set()
    for line in text.splitlines():
        if heading := re.match(r"\[(.*)\]", line):
            section = heading[1]
        elif entry := re.match(r"# ([a-z_]+) = ", line):
            found.add(f"{section}.{entry[1]}")
    assert found == every
    ours, theirs = msgspec.to_builtins(Config()), tomllib.loads(uncommented)
    for key in every:
        default, value = ours, theirs
        for name in key.split("."):
            default, value = default[name], value[name]
        assert value == default or default is None, key
    assert "[sensors.pelvis]" in text


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
NAMES = st.sampled_from(["bus", "chip", "rate_hz", "host", "id", "target", "x", "a.b", "`"])
TABLES = st.dictionaries(NAMES, LEAVES | st.dictionaries(NAMES, LEAVES, max_size=2), max_size=3)
SECTIONS = st.sampled_from([*Config.__struct_fields__, "sensor", "a\nb"])


def toml(values: object) -> str:
    match values:
        case dict():
            return "{" + ", ".join(f"{toml(str(k))} = {toml(v)}" for k, v in values.items()) + "}"
        case bool():
            return str(values).lower()
        case None:
            return "[]"
        case str():
            return '"' + "".join(f"\\U{ord(c):08x}" for c in values) + '"'
    return str(values)


def outcome(text: str) -> Config | str:
    try:
        return parse_config(text, "k.toml")
    except BadInputError as error:
        return str(error)


@pytest.mark.fault(39)
@given(st.dictionaries(SECTIONS, LEAVES | TABLES, max_size=3))
def test_any_file_is_a_config_or_a_complaint(values: dict[str, Any]) -> None:
    text = "\n".join(f"{toml(name)} = {toml(value)}" for name, value in values.items())
    found = outcome(text)
    assert isinstance(found, Config) or found.startswith("k.toml: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"a\\nb" = 1', r"'a\nb' is no key"),
        ('"a - at `$b" = 1', "'a - at `$b' is no key"),
        ('[mqtt]\n["x y"]', "'x y' is no key"),
        ('[session]\ntarget = "a\\nb"', "session.target cannot be used: tempo 'a b'"),
        ("a." * 5000 + "a = 1", "not valid TOML"),
    ],
)
def test_names_and_depths_that_no_config_has_are_said_in_one_line(text: str, said: str) -> None:
    assert complaint(text).startswith(said)

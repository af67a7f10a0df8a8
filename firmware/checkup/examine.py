"""Examine: everything in turn, the quick things first."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from firmware.appliance.outlets import broker_of
from firmware.calibrating.in_use import still_holding
from firmware.checkup.broker import examine_broker
from firmware.checkup.buses import buses_of, examine_buses
from firmware.checkup.calibration import examine_calibration
from firmware.checkup.clock import examine_clock
from firmware.checkup.disk import examine_disk
from firmware.checkup.finding import Finding, failure, fine, note, wrong
from firmware.checkup.panel import examine_panel
from firmware.checkup.power import examine_power
from firmware.checkup.sensors import Bench
from firmware.checkup.software import examine_software
from firmware.config import Config, load_config, places_of
from firmware.config.places import config_paths
from firmware.config.sections import Mqtt
from firmware.errors import BadInputError


def examine(path: Path | None, environ: Mapping[str, str], home: Path, bench: Bench) -> Iterator[Finding]:
    """Yield the findings as they come; a config that cannot be read leaves out what stands in it.

    `path`: the config's, None for the usual places.
    """
    config = None
    try:
        config = load_config(path, environ)
        yield fine("config", _source(path, environ, home))
    except BadInputError as error:
        yield failure("config", error)
    yield from examine_software()
    yield from examine_power()
    yield from examine_clock()
    if config is None:
        yield note("sensors", "neither sensors nor broker nor disk looked at", "correct the config first")
        return
    yield from _configured(config, environ, home, bench)


def _configured(config: Config, environ: Mapping[str, str], home: Path, bench: Bench) -> Iterator[Finding]:
    places = places_of(config, environ, home)
    yield from examine_disk(places, config.recording.keep_free_mb, config.recording.enabled)
    yield from examine_calibration(places.calibration, config.sensors)
    yield from _broker(config.mqtt, config.device.id)
    if not config.sensors.enabled:
        yield wrong("sensors", "every sensor is switched off in the config", "enable one")
    process = bench.appliance()
    if process is not None:
        yield note(
            "sensors",
            f"not looked at: kickback run (process {process}) is reading them",
            "its panel shows how they are; for more sudo systemctl stop kickback and look again",
        )
        return
    measured, _ = still_holding(places.calibration, config.sensors)
    yield from examine_buses(config.sensors, measured, bench)
    yield from examine_panel(config.panel, buses_of(config.sensors), bench.open_bus)


def _broker(mqtt: Mqtt, device: str) -> Iterator[Finding]:
    try:
        broker = broker_of(mqtt)
    except BadInputError as error:
        yield failure("broker", error)
        return
    if broker is None:
        yield note("broker", "none, as the config says: results stay on this computer")
    else:
        yield from examine_broker(broker, device)


def _source(path: Path | None, environ: Mapping[str, str], home: Path) -> str:
    if path is not None:
        return str(path)
    found = next((each for each in config_paths(environ, home) if each.is_file()), None)
    return "no file, all at its default" if found is None else str(found)

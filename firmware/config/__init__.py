"""The config: what this machine has and how it is used, from one TOML file; an empty one is valid."""

from firmware.config.dashboard import Dashboard
from firmware.config.loading import load_config
from firmware.config.panel import Panel
from firmware.config.places import Places, places_of
from firmware.config.sections import Config
from firmware.config.sensors import Cable, Imu, Load, Sensors

__all__ = [
    "Cable",
    "Config",
    "Dashboard",
    "Imu",
    "Load",
    "Panel",
    "Places",
    "Sensors",
    "load_config",
    "places_of",
]

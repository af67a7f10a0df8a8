"""Safe mode: a service that cannot start says what is wrong, on its display and over MQTT, and waits.

The config that worked last lends its display and its broker to say so; nothing is counted with it.
"""

from firmware.safe_mode.service import Service
from firmware.safe_mode.starts import Starts

__all__ = ["Service", "Starts"]

"""Layout: where everything lies on the computer."""

OPT = "/opt/kickback"
RELEASES = f"{OPT}/releases"
CURRENT = f"{OPT}/current"
PREVIOUS = f"{OPT}/previous"
TRIAL = f"{OPT}/trial"
"""There while a new version has not yet shown that it works: the old one's name and the new one's."""
RECORD = f"{OPT}/installed.json"

CONFIG = "/etc/kickback.toml"
SECRETS = "/etc/kickback"
PASSWORD = f"{SECRETS}/mqtt-password"
AUTHORITY = f"{SECRETS}/authority"
BROKER_CA = f"{SECRETS}/ca.crt"
PAGE_CERTIFICATE = f"{SECRETS}/page.crt"
PAGE_PASSWORD = f"{SECRETS}/dashboard-password"
PAGE_KEY = f"{SECRETS}/page.key"
STATE = "/var/lib/kickback"
STARTS = f"{STATE}/starts.json"
"""In which the tracker counts its failed starts."""

BROKER_CONFIG = "/etc/mosquitto/conf.d/kickback.conf"
BROKER_PAGE_CONFIG = "/etc/mosquitto/conf.d/kickback-page.conf"
BROKER_FOLDER = "/etc/mosquitto/kickback"

UNIT_FOLDER = "/etc/systemd/system"
SERVICE = "kickback.service"
JOURNALD = "/etc/systemd/journald.conf.d/kickback.conf"
MODULES = "/etc/modules-load.d/kickback.conf"
BOOT = "/boot/firmware/config.txt"

COMMAND = "/usr/local/bin/kickback"
UPDATE_COMMAND = "/usr/local/sbin/kickback-update"
LOCK = "/run/kickback-setup.lock"

USER = "kickback"
GROUPS = ("i2c", "gpio")
"""Whose members may use the buses and the pins on Raspberry Pi OS."""

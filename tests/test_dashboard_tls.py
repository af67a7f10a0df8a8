"""The page, served encrypted."""

import http.client
import json
import socket
import ssl
from pathlib import Path

import pytest

from firmware.dashboard.server import PageServer
from firmware.dashboard.serving import open_page
from firmware.dashboard.settings import PageSettings, Serving
from firmware.errors import BadInputError
from tests.broker import LOOPBACK
from tests.test_mqtt_tls import certificates as certificates

WEBSOCKET = "wss://gym.local:8884"


def test_it_is_served_encrypted_with_a_certificate(certificates: Path) -> None:
    pair = certificates / "good.crt", certificates / "broker.key"
    trusting = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    with open_page(Serving(PageSettings(websocket=WEBSOCKET), LOOPBACK, port=0, certificate=pair)) as address:
        assert address.startswith("https://127.0.0.1:")
        port = int(address.rstrip("/").rpartition(":")[2])
        # Somebody who says nothing, and somebody who does not speak TLS, hold up nobody.
        with socket.create_connection((LOOPBACK, port)), socket.create_connection((LOOPBACK, port)) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            connection = http.client.HTTPSConnection(LOOPBACK, port, timeout=10.0, context=trusting)
            connection.request("GET", "/settings.json")
            assert json.loads(connection.getresponse().read())["websocket"] == WEBSOCKET
            connection.close()
    with pytest.raises(BadInputError, match="cannot use the certificate"):
        PageServer(
            Serving(PageSettings(websocket=WEBSOCKET), LOOPBACK, port=0, certificate=(pair[1], pair[0]))
        )

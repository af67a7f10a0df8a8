"""Waits for a retained message: hear.py HOST PORT USER PASSWORD-FILE TOPIC [CA-FILE]."""

import sys
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 20.0


def main(host: str, port: str, user: str, password_file: str, topic: str, ca_file: str | None = None) -> int:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, Path(password_file).read_text().strip())
    if ca_file is not None:
        client.tls_set(ca_file)
    heard: list[bytes] = []

    def connected(*_: Any) -> None:
        client.subscribe(topic)

    def came(_client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        heard.append(bytes(message.payload))

    client.on_connect = connected
    client.on_message = came
    client.connect(host, int(port))
    for _ in range(int(PATIENCE_S / 0.1)):
        client.loop(0.1)
        if heard:
            print(heard[0].decode())
            return 0
    print("nothing was heard")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

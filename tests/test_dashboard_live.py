"""The topic that gives the page its trace: with the config's word for it, the appliance waits for nobody."""

import threading
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from firmware.config.sections import Mqtt
from firmware.mqtt.topics import Topics
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, Subscriber, listening
from tests.test_appliance import two_reps
from tests.virtual_rig import VirtualRig

TOPICS = Topics("kickback")


@pytest.mark.parametrize("live", ["asked", "always"])
def test_the_live_topic_comes_unasked_only_where_the_config_says_so(
    live: Literal["asked", "always"], tmp_path: Path, mosquitto: Mosquitto
) -> None:
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(port=mosquitto.port, live=live)), asked_at_s=6.0)
    pause = threading.Event()

    def until_connected(phone: Subscriber) -> None:
        """Give the broker real time, which the rig's own time does not."""
        if not any(h.topic == TOPICS.status for h in list(phone.heard)):
            pause.wait(0.1)

    with listening(mosquitto.port, "#") as phone:
        for number in range(150):
            rig.at(1.0 + 0.02 * number, partial(until_connected, phone))
        bench.run()
        heard = phone.until_payload(TOPICS.status, b"offline")
    assert any(h.topic == TOPICS.live for h in heard) == (live == "always")

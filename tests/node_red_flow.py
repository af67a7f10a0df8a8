"""The shipped flow in a real Node-RED: `python -m tests.node_red_flow NODE_RED`.

NODE_RED: its program, for example node_modules/.bin/node-red after `npm install node-red`. Everything stays
on loopback: a mosquitto, Node-RED with the flow, the demo's session published by `kickback replay`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.broker import LOOPBACK, Mosquitto, free_port, listening

ROOT = Path(__file__).parent.parent
SETTINGS = "module.exports = {{ uiHost: '127.0.0.1', uiPort: {port}, flowFile: 'flows.json' }};\n"


def flow_for(port: int) -> str:
    """The flow with this broker in it, as a user would set it."""
    nodes = json.loads((ROOT / "deploy" / "node-red" / "kickback.json").read_text(encoding="utf-8"))
    for node in nodes:
        if node["type"] == "mqtt-broker":
            node["port"] = str(port)
    return json.dumps(nodes)


def replayed(port: int) -> None:
    """Publish the demo's session."""
    session = ROOT / "firmware" / "demo" / "session.mcap"
    command = [sys.executable, "-m", "firmware.cli", "replay", str(session), "--speed", "max"]
    command += ["--broker", f"{LOOPBACK}:{port}", "--device", "gym-1"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def main() -> None:
    """Show what the flow said."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        broker = Mosquitto(folder)
        broker.start()
        (folder / "flows.json").write_text(flow_for(broker.port), encoding="utf-8")
        (folder / "settings.js").write_text(SETTINGS.format(port=free_port()), encoding="utf-8")
        with listening(broker.port, "#") as subscriber:
            began_s = monotonic()
            node_red = subprocess.Popen(
                [sys.argv[1], "--userDir", folder],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            try:
                assert node_red.stdout is not None
                for line in node_red.stdout:
                    if "Connected to broker" in line:
                        break
                print(f"Node-RED runs the flow and is connected after {monotonic() - began_s:.1f} s")
                replayed(broker.port)
                heard = subscriber.until(
                    lambda heard: (
                        sum("/event/" in h.topic for h in heard) > 0
                        and sum("/event/" in h.topic for h in heard)
                        == sum(h.topic.startswith("kickback-words/") for h in heard)
                    )
                )
                for each in heard:
                    if each.topic.startswith("kickback-words/"):
                        print(f"{each.topic}: {each.payload.decode()}")
            finally:
                node_red.terminate()
                node_red.wait()
                broker.kill()


if __name__ == "__main__":
    main()

// Connection: MQTT over WebSocket to one broker; comes back by itself and never publishes anything.

import mqtt from "./vendor/mqtt.esm.js";
import { OF_ALL, ofOne } from "./topics.js";

const KEEPALIVE_S = 15;
const PATIENCE_MS = 5000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
const LARGEST_PACKET_BYTES = 131072;

const OTHER_VERSION = [1, 132];
const LOGIN_REFUSED = [4, 5, 134, 135];

/**
 * `onMessage(topic, payload, retained)` takes what comes; `onStanding(phase)` hears how the connection stands:
 * "connecting", "connected", "lost", or "refused" when the broker wants another login.
 */
export class Connection {
  constructor(websocket, onMessage, onStanding) {
    this.websocket = websocket;
    this.onMessage = onMessage;
    this.onStanding = onStanding;
    this.version = 5;
    this.login = { user: null, password: null };
    this.followed = null;
    this.client = null;
    this.phase = "connecting";
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.hurry());
  }

  /** Connect with a login; one that stands before is given up. */
  open(login) {
    this.login = login;
    this.client?.end(true);
    this.stand("connecting");
    const client = mqtt.connect(this.websocket, {
      protocolVersion: this.version,
      clientId: `kickback-page-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: PATIENCE_MS,
      reconnectPeriod: FIRST_PAUSE_MS,
      resubscribe: false,
      timerVariant: "native", // the other kind needs a worker from a blob, which the page's policy forbids
      properties: this.version === 5 ? { maximumPacketSize: LARGEST_PACKET_BYTES } : undefined,
      username: login.user ?? undefined,
      password: login.password ?? undefined,
    });
    this.client = client;
    const current = (act) => (...values) => {
      if (this.client === client) act(...values);
    };
    client.on("connect", current(() => this.connected()));
    client.on("close", current(() => this.lost()));
    client.on("error", current((error) => this.failed(error)));
    client.on("message", current((topic, payload, packet) => this.onMessage(topic, payload, packet.retain)));
  }

  /** Follow the events and the live topic of one tracker, and no longer those of another. */
  follow(device) {
    if (device === this.followed) return;
    const [before, connected] = [this.followed, this.phase === "connected"];
    this.followed = device;
    if (connected && before !== null) this.client.unsubscribe(ofOne(before));
    if (connected && device !== null) this.client.subscribe(ofOne(device), { qos: 1 });
  }

  /** Try at once, since the network or the reader has just come back. */
  hurry() {
    if (this.phase === "lost" && !document.hidden) this.client?.reconnect();
  }

  connected() {
    this.client.options.reconnectPeriod = FIRST_PAUSE_MS;
    this.client.subscribe(OF_ALL, { qos: 1 });
    if (this.followed !== null) this.client.subscribe(ofOne(this.followed), { qos: 1 });
    this.stand("connected");
  }

  lost() {
    if (this.phase === "refused") return;
    const options = this.client.options;
    options.reconnectPeriod = Math.min(LONGEST_PAUSE_MS, options.reconnectPeriod * 2);
    this.stand("lost");
  }

  failed(error) {
    if (OTHER_VERSION.includes(error.code) && this.version === 5) {
      this.version = 4;
      this.open(this.login);
    } else if (LOGIN_REFUSED.includes(error.code)) {
      this.client.end(true);
      this.stand("refused");
    }
  }

  stand(phase) {
    this.phase = phase;
    this.onStanding(phase);
  }
}

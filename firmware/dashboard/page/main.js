// The page: settings, one connection, what is known of each tracker, and the widgets that show one of them.

import { Connection } from "./connection.js";
import { at, say, set } from "./elements.js";
import { read } from "./messages.js";
import { elapsed_s, whyNotLive } from "./moment.js";
import { keepLogin, loginOf, readSettings } from "./settings.js";
import { parsed } from "./topics.js";
import { Tracker } from "./tracker.js";
import { keepAwake } from "./wake.js";
import { Chooser } from "./widgets/chooser.js";
import * as count from "./widgets/count.js";
import * as cue from "./widgets/cue.js";
import * as dial from "./widgets/dial.js";
import * as faults from "./widgets/faults.js";
import * as legs from "./widgets/legs.js";
import { Login } from "./widgets/login.js";
import * as ring from "./widgets/ring.js";
import * as sets from "./widgets/sets.js";
import * as standing from "./widgets/standing.js";
import * as tempo from "./widgets/tempo.js";
import { Trace } from "./widgets/trace.js";

const MOST_TRACKERS = 32;
const FRAME_MS = 33;
const CALM_FRAME_MS = 500;

/** Drawn when something was heard. */
const WIDGETS = [count, dial, tempo, faults, sets, legs];

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const trackers = new Map();
let phase = "connecting";
let shown = null;
let drawn = null;
let drawnAt_ms = -Infinity;

function heard(topic, payload, retained) {
  const from = parsed(topic);
  const message = from && read(from.kind, payload);
  if (!message) return;
  if (!trackers.has(from.device)) {
    if (trackers.size >= MOST_TRACKERS) return;
    trackers.set(from.device, new Tracker(from.device));
  }
  const tracker = trackers.get(from.device);
  tracker.take(from.kind, message, performance.now(), retained);
  if (from.kind === "status") chooser.offer(trackers);
  if (from.kind === "live" && from.device === shown) trace.take(message);
}

function show(device) {
  shown = device;
  drawn = null;
  trace.clear();
  connection.follow(device);
}

function stood(now) {
  phase = now;
  if (now === "refused") keepLogin(null);
  for (const tracker of trackers.values()) tracker.cutOff();
  login.ask(now === "refused");
}

function draw(now_ms) {
  requestAnimationFrame(draw);
  if (now_ms - drawnAt_ms < (calm.matches ? CALM_FRAME_MS : FRAME_MS)) return;
  drawnAt_ms = now_ms;
  const tracker = trackers.get(shown) ?? null;
  const not = whyNotLive(phase, tracker, now_ms);
  if (not === null) tracker.knownAt_ms = now_ms;
  standing.draw(not, tracker);
  set(at("page"), "data-live", not === null ? "yes" : "no");
  if (tracker === null) return;
  const state = `${tracker.device} ${tracker.version}`;
  if (state !== drawn) {
    drawn = state;
    for (const widget of WIDGETS) widget.draw(tracker);
  }
  ring.draw(tracker, elapsed_s(tracker, now_ms), not === null);
  cue.draw(tracker, now_ms, not === null);
  trace.draw(tracker);
}

const chooser = new Chooser(show);
const trace = new Trace(at("trace"));
let connection;
const login = new Login((typed) => {
  keepLogin(typed);
  connection.open(typed);
});
try {
  const settings = await readSettings();
  chooser.prefer(settings.device);
  login.suggest(settings.user);
  connection = new Connection(settings.websocket, heard, stood);
  connection.open(loginOf(settings));
  keepAwake();
  requestAnimationFrame(draw);
} catch (error) {
  at("notice").hidden = false;
  say(at("notice-why"), `This page cannot work: ${error.message}. Load it again.`);
}

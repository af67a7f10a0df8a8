// Trace: force and travel of the last seconds, as they come; the phases colour the ground.

import uPlot from "../vendor/uPlot.esm.js";
import { at, say } from "../elements.js";
import { amount } from "../words.js";

const SPAN_S = 20;
const POINTS = 400;
const GAP_S = 0.6;
const NO_TRACE = 'No trace: this tracker publishes it only when asked. With live = "always" in [mqtt] of its config it comes by itself.';

export class Trace {
  constructor(place) {
    this.place = place;
    this.plot = null;
    this.clear();
    new ResizeObserver(() => this.plot?.setSize(this.size)).observe(place);
    // The colours are the page's own and change with it.
    window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.build());
  }

  clear() {
    this.times = [];
    this.travel = [];
    this.force = [];
    this.phases = [];
    this.fresh = true;
  }

  /** Take one moment of the live topic. */
  take({ session_s, position_m, force_n, phase }) {
    const last = this.times.at(-1);
    // Another session, or a recording played again, begins anew.
    if (last !== undefined && session_s <= last) this.clear();
    else if (last !== undefined && session_s - last > GAP_S) this.push(last + GAP_S / 2, null, null, "idle");
    this.push(session_s, position_m, force_n, phase);
    this.fresh = true;
  }

  draw(tracker) {
    say(at("trace-note"), this.times.length > 0 || tracker.status !== "online" ? "" : NO_TRACE);
    if (!this.fresh) return;
    this.fresh = false;
    if (this.plot === null) this.build();
    const now = this.times.at(-1) ?? 0;
    const from = Math.max(0, this.times.findIndex((time) => time >= now - SPAN_S));
    // How far out the encoder is counted from is an accident: the least of the last seconds is the start.
    const least = this.travel.slice(from).reduce((low, each) => (each === null ? low : Math.min(low, each)), Infinity);
    const out = this.travel.map((each) => (each === null ? null : (each - least) * 100));
    this.plot.setData([this.times.map((time) => time - now), out, this.force]);
    say(at("trace-force"), `Force ${amount(this.force.at(-1), 0, " N")}`);
    say(at("trace-travel"), `Travel ${amount(out.at(-1), 0, " cm")}`);
  }

  push(time, travel, force, phase) {
    for (const [column, value] of [[this.times, time], [this.travel, travel], [this.force, force], [this.phases, phase]]) {
      column.push(value);
      if (column.length > POINTS) column.shift();
    }
  }

  get size() {
    return { width: Math.max(200, this.place.clientWidth), height: Math.max(100, this.place.clientHeight) };
  }

  build() {
    const style = getComputedStyle(this.place);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const axis = { stroke: colour("muted"), font: "12px system-ui, sans-serif", ticks: { show: false }, grid: { stroke: colour("line"), width: 1 } };
    const near = (least) => (_, low, high) => [Math.min(0, low ?? 0), Math.max(least, (high ?? 0) * 1.1)];
    this.plot?.destroy();
    this.plot = new uPlot({
      ...this.size,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 0, 0, 0],
      scales: { x: { time: false, range: [-SPAN_S, 0] }, cm: { range: near(20) }, n: { range: near(50) } },
      axes: [
        { ...axis, size: 26, values: (_, marks) => marks.map((mark) => (mark === 0 ? "now" : `${mark} s`)) },
        { ...axis, scale: "cm", stroke: colour("travel"), size: 54, values: (_, marks) => marks.map((mark) => `${mark} cm`), space: 36 },
        { ...axis, scale: "n", stroke: colour("force"), side: 1, size: 54, values: (_, marks) => marks.map((mark) => `${mark} N`), space: 36, grid: { show: false } },
      ],
      series: [
        {},
        { scale: "cm", stroke: colour("travel"), width: 2.5 },
        { scale: "n", stroke: colour("force"), width: 2.5, dash: [6, 3] },
      ],
      hooks: { drawClear: [(plot) => this.ground(plot, colour)] },
    }, [[], [], []], this.place);
    this.fresh = true;
  }

  /** Colour the ground by phase. */
  ground(plot, colour) {
    const now = this.times.at(-1) ?? 0;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.globalAlpha = 0.16;
    for (let from = 0; from < this.times.length - 1; ) {
      let to = from + 1;
      while (to < this.times.length - 1 && this.phases[to] === this.phases[from]) to += 1;
      if (this.phases[from] !== "idle") {
        const edge = (time) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(time - now, "x", true)));
        const [left, right] = [edge(this.times[from]), edge(this.times[to])];
        ctx.fillStyle = colour(this.phases[from].replace("_", "-"));
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      }
      from = to;
    }
    ctx.restore();
  }
}

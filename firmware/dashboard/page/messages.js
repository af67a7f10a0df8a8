// Messages: payloads of the contract (docs/asyncapi.json), each read field by field; nothing else is taken over.

import { choice, list, number, object, table, text, truth, whole } from "./reading.js";

const LARGEST_BYTES = 65536;
const PHASES = ["idle", "concentric", "pause_contracted", "eccentric", "pause_stretched"];
const LEGS = ["left", "right"];
const KINDS = ["full", "partial", "unfinished"];

const READERS = {
  info: ["kickback.info/1", info],
  state: ["kickback.state/1", state],
  history: ["kickback.history/1", (from) => ({ sets: list(from.sets, readSet) })],
  live: ["kickback.live/1", live],
  "event/rep": ["kickback.rep/1", rep],
  "event/set": ["kickback.set/1", setSummary],
  "event/rejected": ["kickback.rejected/1", rejected],
  "event/cue": ["kickback.cue/1", cue],
};

/** Read a payload of a kind; null for one that is malformed, too large, or of another version. */
export function read(kind, payload) {
  if (payload.length > LARGEST_BYTES) return null;
  let words;
  try {
    words = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    if (kind === "status") return choice(words, ["online", "offline"]);
    const value = JSON.parse(words);
    if (kind === "fault") return Array.isArray(value) ? list(value, fault) : null;
    const [schema, reader] = READERS[kind] ?? [];
    const from = object(value);
    return reader === undefined || from === null || from.schema !== schema ? null : reader(from);
  } catch {
    return null;
  }
}

function info(from) {
  return {
    software: text(from.software, 40),
    notices: list(from.notices, (each) => text(each, 300), 8),
    replay: truth(from.replay),
    simulated: truth(from.simulated),
  };
}

function fault(value) {
  const from = object(value);
  const part = from && text(from.part, 40);
  return part ? { part, what: text(from.what, 300) ?? "" } : null;
}

function state(from) {
  const last = from.last_rep_id === null || from.last_rep_id === undefined ? null : {
    id: text(from.last_rep_id, 60),
    kind: choice(from.last_rep_kind, KINDS),
    tempo: text(from.last_rep_tempo, 40),
    diagonal_deg: number(from.last_rep_diagonal_deg, -360, 360),
    diagonal_sd_deg: number(from.last_rep_diagonal_sd_deg, 0, 360),
    rom_m: number(from.last_rep_rom_m, 0, 10),
    rom_deg: number(from.last_rep_rom_deg, 0, 360),
    quality: text(from.last_rep_quality, 20),
  };
  return {
    session: text(from.session, 60),
    exercise: text(from.exercise, 40),
    leg: choice(from.leg, LEGS),
    legSource: text(from.leg_source, 20),
    target: text(from.target, 20),
    phase: choice(from.phase, PHASES) ?? "idle",
    phaseSince_s: number(from.phase_since_s, 0, 1e7),
    set: whole(from.set),
    rep: whole(from.rep),
    pending: whole(from.rep_pending),
    targetReps: whole(from.target_reps, 1),
    last,
    lastSeq: whole(from.last_seq),
  };
}

function live(from) {
  const session_s = number(from.session_s, 0, 1e7);
  return session_s === null ? null : {
    session_s,
    phase: choice(from.phase, PHASES) ?? "idle",
    phaseSince_s: number(from.phase_since_s, 0, 1e7),
    set: whole(from.set),
    rep: whole(from.rep),
    position_m: number(from.position_m, -100, 100),
    force_n: number(from.force_n, -1e5, 1e5),
  };
}

function envelope(from) {
  return { id: text(from.id, 60), seq: whole(from.seq), ts: text(from.ts, 40), replay: truth(from.replay) };
}

function rep(from) {
  const [setNumber, number_] = [whole(from.set), whole(from.rep)];
  return setNumber === null || number_ === null ? null : {
    ...envelope(from),
    session: text(from.session, 60),
    set: setNumber,
    rep: number_,
    kind: choice(from.kind, KINDS),
    leg: choice(from.leg, LEGS),
    target: text(from.target, 20),
    concentric: number(from.concentric_s, 0, 600),
    pause_contracted: number(from.pause_contracted_s, 0, 600),
    eccentric: number(from.eccentric_s, 0, 600),
    pause_stretched: number(from.pause_stretched_s, 0, 600),
    onTempo: truth(from.on_tempo),
    breaks: list(from.tempo_breaks, (each) => text(each, 40), 10),
    cue: text(from.cue, 40),
    diagonal_deg: number(from.diagonal_deg, -360, 360),
    diagonal_sd_deg: number(from.diagonal_sd_deg, 0, 360),
    diagonalReason: text(from.diagonal_reason, 60),
    midline: text(from.midline, 20),
    inZone: truth(from.in_zone),
    rom_m: number(from.rom_m, 0, 10),
    rom_deg: number(from.rom_deg, 0, 360),
    meanForce_n: number(from.mean_force_n),
    work_j: number(from.work_j),
    faults: list(from.faults, (each) => text(each, 40), 10),
    quality: text(from.quality, 20),
    reasons: list(from.quality_reasons, (each) => text(each, 60), 10),
  };
}

function readSet(value) {
  const from = object(value);
  return from === null ? null : setSummary(from);
}

function setSummary(from) {
  const setNumber = whole(from.set);
  return setNumber === null ? null : {
    ...envelope(from),
    session: text(from.session, 60),
    set: setNumber,
    exercise: text(from.exercise, 40),
    leg: choice(from.leg, LEGS),
    full: whole(from.reps_full),
    partial: whole(from.reps_partial),
    unfinished: whole(from.reps_unfinished),
    rejected: whole(from.rejected),
    unseen_s: number(from.unseen_s, 0, 1e6),
    rest_s: number(from.rest_before_s, 0, 1e6),
    tension_s: number(from.time_under_tension_s, 0, 1e6),
    tempo: text(from.tempo, 40),
    target: text(from.target, 20),
    onTempo: number(from.on_tempo_share, 0, 1),
    diagonal_deg: number(from.diagonal_deg, -360, 360),
    spread_deg: number(from.diagonal_spread_deg, 0, 360),
    inZone: number(from.in_zone_share, 0, 1),
    rom_m: number(from.rom_m, 0, 10),
    rom_deg: number(from.rom_deg, 0, 360),
    force_n: number(from.mean_force_n),
    work_j: number(from.work_j),
    eccentricDrift_s: number(from.eccentric_drift_s, -600, 600),
    romDrift_m: number(from.rom_drift_m, -10, 10),
    last: from.vs_last_set === null || from.vs_last_set === undefined ? null : {
      reps: number(from.vs_last_reps),
      rom_m: number(from.vs_last_rom_m, -10, 10),
      rom_deg: number(from.vs_last_rom_deg, -360, 360),
      force_n: number(from.vs_last_mean_force_n),
      work_j: number(from.vs_last_work_j),
    },
    faults: table(from.faults, (reps) => list(reps, (each) => whole(each), 99)),
  };
}

function rejected(from) {
  return { ...envelope(from), reason: text(from.reason, 40), set: whole(from.set) };
}

function cue(from) {
  const word = text(from.word, 40);
  return word === null ? null : { ...envelope(from), word, kind: text(from.kind, 20), rep: whole(from.rep) };
}

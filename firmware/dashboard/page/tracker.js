// Tracker: what is known of one tracker, folded from its messages in the order in which they come.

import { measuredOf } from "./tempo.js";

const REPS_KEPT = 24;
const SETS_KEPT = 24;
const CUE_S = 8;
const REJECTED_S = 6;
const LIVE_FOR_MS = 2500;
const AFTER_THE_PEAK = ["pause_contracted", "eccentric"];

export class Tracker {
  constructor(device) {
    this.device = device;
    this.version = 0;
    this.status = null;
    this.info = null;
    this.state = null;
    this.faults = [];
    this.sets = [];
    this.reps = [];
    this.live = null;
    this.liveAt_ms = null;
    this.heardAt_ms = null;
    /** When what is known was last what happened: while the page is connected and the tracker is on. */
    this.knownAt_ms = null;
    this.count = { session: null, set: null, rep: null };
    this.lastSeq = 0;
    this.said = null;
    this.phase = "idle";
    this.phaseSince_s = null;
    this.phaseAt_ms = null;
    this.took = {};
  }

  /** Take one message that has been read, at a moment of `performance.now()`; how old a retained one is nobody knows. */
  take(kind, message, now_ms, retained) {
    if (!retained) this.heardAt_ms = now_ms;
    switch (kind) {
      case "status": this.stand(message); break;
      case "info": this.info = message; break;
      case "fault": this.faults = message; break;
      case "history": this.remember(message.sets); break;
      case "state": this.place(message, now_ms, retained); break;
      case "live": this.pass(message, now_ms); return;
      case "event/rep": if (this.isNew(message)) this.confirm(message); break;
      case "event/set": if (this.isNew(message)) this.remember([message]); break;
      case "event/cue": if (this.isNew(message)) this.tell({ cue: message.word, kind: message.kind }, now_ms, CUE_S); break;
      case "event/rejected":
        if (this.isNew(message)) this.tell({ rejected: message.reason }, now_ms, REJECTED_S);
        break;
    }
    this.version += 1;
  }

  /** The connection to the broker has changed: it has yet to say whether the tracker is on. */
  cutOff() {
    this.status = null;
    this.interrupted();
  }

  /** What comes next on the live topic does not continue what came before. */
  interrupted() {
    this.live = null;
    this.liveAt_ms = null;
    this.lastSeq = 0;
  }

  /** The number to show, of which set, and whether that rep is still to be confirmed. */
  get counting() {
    const { set, rep } = this.count;
    if (AFTER_THE_PEAK.includes(this.phase)) {
      const under_way = this.live ?? { set, rep: this.state?.pending ?? null };
      const ahead = under_way.set !== set || !this.setIsOpen || under_way.rep > (rep ?? 0);
      if (under_way.rep !== null && ahead) return { set: under_way.set, rep: under_way.rep, pending: true };
    }
    if (this.phase === "idle" || this.setIsOpen) return { set, rep, pending: false };
    // A set that is over counts no more once the next kick has begun.
    return { set: this.live?.set ?? null, rep: 0, pending: false };
  }

  /** The last rep, from its event or, for a page just opened, from the retained state. */
  get lastRep() {
    return this.reps.at(-1) ?? null;
  }

  get setIsOpen() {
    const { session, set } = this.count;
    return !this.sets.some((each) => each.session === session && each.set === set);
  }

  stand(status) {
    // What comes when it is back may be another recording that is played, whose numbers begin again.
    if (status === "offline") this.interrupted();
    this.status = status;
  }

  /** Whether an event is none that came before, or was asked for again by somebody. */
  isNew(event) {
    if (event.seq === null || event.seq <= this.lastSeq) return false;
    this.lastSeq = event.seq;
    return true;
  }

  pass(moment, now_ms) {
    this.live = moment;
    this.liveAt_ms = now_ms;
    this.moved(moment, now_ms);
  }

  place(state, now_ms, retained) {
    if (this.liveAt_ms !== null && now_ms - this.liveAt_ms > LIVE_FOR_MS) this.liveAt_ms = this.live = null;
    const before = this.state;
    this.state = state;
    if (before !== null && state.session !== before.session) {
      this.reps = this.reps.filter((each) => each.session === state.session);
      // Numbers that begin again are those of a recording that is played once more.
      if (state.lastSeq !== null && state.lastSeq < this.lastSeq) this.lastSeq = state.lastSeq;
    }
    // An event is faster than the state, which must not take a rep back.
    if (state.lastSeq === null || state.lastSeq >= this.lastSeq) {
      this.count = { session: state.session, set: state.set, rep: state.rep };
      if (state.last !== null && this.reps.at(-1)?.id !== state.last.id) this.recall(state);
    }
    if (this.live === null) this.moved(state, retained ? null : now_ms);
  }

  /** What the state repeats of the last rep, when its event was before this page. */
  recall(state) {
    const { last } = state;
    this.reps = [...this.reps, {
      ...last,
      ...measuredOf(last.tempo),
      session: state.session,
      set: state.set,
      rep: state.rep,
      leg: state.leg,
      target: state.target,
      onTempo: null,
      breaks: [],
      cue: null,
      inZone: null,
      midline: null,
      diagonalReason: null,
      faults: [],
      reasons: [],
    }].slice(-REPS_KEPT);
  }

  confirm(rep) {
    this.count = { session: rep.session, set: rep.set, rep: rep.rep };
    this.reps = [...this.reps, rep].slice(-REPS_KEPT);
    // What was said before is about another movement; what is to be said of this one comes after it.
    this.said = null;
  }

  remember(sets) {
    const known = new Set(this.sets.map((each) => each.id));
    const news = sets.filter((each) => !known.has(each.id));
    this.sets = [...this.sets, ...news].slice(-SETS_KEPT);
  }

  tell(what, now_ms, seconds) {
    this.said = { ...what, until_ms: now_ms + seconds * 1000 };
  }

  /** Follow the phases, and how long each of this rep took; `at_ms` null: nobody knows since when. */
  moved({ phase, phaseSince_s }, at_ms) {
    if (phase === this.phase && phaseSince_s === this.phaseSince_s) return;
    // Whoever kicks rests no more.
    if (phase === "concentric" && this.said?.kind === "set_over") this.said = null;
    if (phase === "concentric" || phase === "idle") this.took = {};
    else if (this.phaseSince_s !== null && phaseSince_s !== null && phase !== this.phase) {
      this.took[this.phase] = Math.max(0, phaseSince_s - this.phaseSince_s);
    }
    this.phase = phase;
    this.phaseSince_s = phaseSince_s;
    this.phaseAt_ms = at_ms;
    this.version += 1;
  }
}

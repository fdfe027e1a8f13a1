/** What the timeline shows beside the runs of this console. */
export interface TimelineView {
  /** Faults of past runs, chosen from their reports. */
  past: readonly Lane[];
  /** The key of the chosen lane. */
  lane: string | undefined;
  /** Which of its moments the cursor is on; undefined is the last. */
  at: number | undefined;
}

export const NO_TIMELINE: TimelineView = { past: [], lane: undefined, at: undefined };

/** What happened at one moment of a fault. */
export interface Mark {
  /** After the injection; before it negative. */
  afterMs: number;
  /** One letter for what has a place in every run, `.` for what else was told. */
  sign: string;
  name: string;
  /** What was expected and found, who did it; may be empty. */
  says: string;
}

/** One fault from its injection to where it was steady again. */
export interface Lane {
  key: string;
  name: string;
  type: string;
  /** When it was injected, milliseconds since the epoch; undefined where it is not yet. */
  injectedAt: number | undefined;
  /** How it ended, in a word or two. */
  end: string;
  isLive: boolean;
  marks: readonly Mark[];
}

/** The signs of the moments that every fault may have, in the order in which they usually come. */
export const SIGNS = {
  inject: { sign: 'I', name: 'injected' },
  effect: { sign: 'E', name: 'effect proven' },
  symptom: { sign: 'F', name: 'first symptom' },
  detected: { sign: 'D', name: 'cluster noticed' },
  heal: { sign: 'H', name: 'healed' },
  revert: { sign: 'R', name: 'reverted, read back' },
  stable: { sign: 'S', name: 'stable' },
} as const;

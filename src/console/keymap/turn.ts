/** What came in one turn of the event loop: an act that must stand alone is only done where nothing else came with it. */
export interface Turn {
  /** Counts something that came in. */
  count(): void;
  /** Does this after the turn, if it was all that came. */
  alone(act: () => void): void;
}

/** `refused` is called where an act was dropped because more came with it. */
export function createTurn(refused: () => void): Turn {
  let inTurn = 0;
  let pending: (() => void) | undefined;
  return {
    count() {
      inTurn++;
      if (inTurn > 1) return;
      setImmediate(() => {
        const act = inTurn === 1 ? pending : undefined;
        if (inTurn > 1 && pending) refused();
        inTurn = 0;
        pending = undefined;
        act?.();
      });
    },
    alone(act) {
      pending = act;
    },
  };
}

/**
 * The input of one turn of the event loop. An act that must not be part of a paste is done only if no other input came in the same turn.
 */
export interface Turn {
  /** Counts one piece of input. */
  count(): void;
  /** Does this after the turn, if there was no other input. */
  alone(act: () => void): void;
}

/** `refused` is called when an act was dropped because other input came with it. */
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

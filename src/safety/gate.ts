/** The decision of one gate about an injection. `code` is set if the cluster is the reason (no permission or no answer), not a limit of the experiment. */
export interface GateResult {
  gate: string;
  ok: boolean;
  reason: string;
  code?: 'forbidden' | 'unreachable' | 'blind' | 'latched' | 'locked';
  /** Passed, but with a warning. */
  warns?: true;
}

/** The gate lets the injection go on. */
export const pass = (gate: string, reason: string): GateResult => ({ gate, ok: true, reason });

/** The gate refuses the injection. */
export const stop = (gate: string, reason: string, code?: GateResult['code']): GateResult => ({
  gate,
  ok: false,
  reason,
  ...(code === undefined ? {} : { code }),
});

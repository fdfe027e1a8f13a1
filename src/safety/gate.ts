/** What one gate says of an injection. `code` tells a cluster that will not let us, or cannot say, from a limit of the experiment's own. */
export interface GateResult {
  gate: string;
  ok: boolean;
  reason: string;
  code?: 'forbidden' | 'unreachable' | 'blind' | 'latched' | 'locked';
  /** Open, but with something that one must know. */
  warns?: true;
}

export const pass = (gate: string, reason: string): GateResult => ({ gate, ok: true, reason });

export const stop = (gate: string, reason: string, code?: GateResult['code']): GateResult => ({
  gate,
  ok: false,
  reason,
  ...(code === undefined ? {} : { code }),
});

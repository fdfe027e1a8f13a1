import { sanitise } from '../text/sanitise.ts';
import { type GateResult, pass, stop } from './gate.ts';

/** A period in which nothing is injected. Milliseconds since the epoch. */
export interface FreezeWindow {
  from: number;
  to: number;
  why: string;
}

/** Whether a window of the configuration is open at this moment, by the server's time; no gate where there is no window. */
export function freezeGates(windows: readonly FreezeWindow[], now: number): GateResult[] {
  if (windows.length === 0) return [];
  const open = windows.find(({ from, to }) => from <= now && now < to);
  if (open === undefined) return [pass('freeze', 'none now')];
  const until = new Date(open.to).toISOString();
  return [stop('freeze', `nothing is injected until ${until}: ${sanitise(open.why, 200)}`)];
}

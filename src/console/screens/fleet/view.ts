import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { Clean } from '../../../text/sanitise.ts';
import type { TriageSummary } from '../../../triage/finding/summary.ts';
import type { ConsoleState } from '../../store/state.ts';

/** What the last look at one cluster found. Numbers are undefined as long as they were not read. */
export interface FleetRow {
  /** The context as the kubeconfig writes it. */
  name: string;
  server: Clean;
  phase: 'waiting' | 'looking' | 'reverting' | 'seen' | 'unreachable';
  isProtected?: boolean;
  /** Injections that are in, other tools' among them. */
  faults?: number;
  overdue?: number;
  /** Server milliseconds at which the next one should be out. */
  nextEnd?: number;
  /** Kinds that the scan could not read. */
  blind?: number;
  /** What triage says; undefined where it has not looked, or failed. */
  standing?: TriageSummary;
  /** Of a revert since the last look that a person asked for: what is not proven restored; `unknown` where its second look failed. */
  remaining?: number | 'unknown';
  /** What became of those that remain, such as `6 unconfirmed`. */
  left?: string;
  message: Clean | '';
  /** Why it could not be read, in a word or two, if that is known. */
  word?: string;
  /** Server milliseconds of the last look. */
  at?: number;
}

export interface FleetView {
  rows: readonly FleetRow[];
  marked: ReadonlySet<string>;
  /** Why the contexts are not known. */
  message: string;
  /** While a revert of the marked ones is asked for. */
  asked: FleetQuestion | undefined;
}

/** The protected clusters among the marked ones are reverted only where their names are typed. */
export interface FleetQuestion {
  names: readonly string[];
  /** Protected, and not yet answered for. */
  unnamed: readonly string[];
  /** Protected, and left alone. */
  left: readonly string[];
  typed: string;
}

export const NO_FLEET: FleetView = { rows: [], marked: new Set(), message: '', asked: undefined };

/** The row the cursor is on: by name, else the first. */
export const chosenCluster = ({ fleet, cursor }: ConsoleState): FleetRow | undefined =>
  fleet.rows.find(({ name }) => name === cursor.fleet) ?? fleet.rows[0];

/** The numbers of a scan. */
export function faultCounts(
  findings: readonly FoundInjection[],
  blind: number,
  now: number,
): Pick<FleetRow, 'faults' | 'overdue' | 'nextEnd' | 'blind'> {
  const live = findings.filter(({ state }) => state !== 'restored');
  const ends = live.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt]));
  const next = ends.filter(at => at > now).sort((a, b) => a - b)[0];
  return {
    faults: live.length,
    overdue: ends.filter(at => at <= now).length,
    blind,
    ...(next !== undefined && { nextEnd: next }),
  };
}

/** The clusters in which this screen reverts now. */
export const revertingIn = ({ fleet }: ConsoleState): string[] =>
  fleet.rows.filter(({ phase }) => phase === 'reverting').map(({ name }) => name);

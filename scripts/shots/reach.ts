const ENTER = '\r';

/** The worlds in which screens are drawn: a sandbox, one with an incident that a fix ends, several clusters, a game-day. */
export type World = 'sandbox' | 'incident' | 'fleet' | 'gameday';

export interface Way {
  /** The screen before it; home unless told. */
  from?: string;
  /** The keys from there, each pressed once the screen before has come to rest, or, behind a pattern, once that is on the screen. */
  press: readonly (string | RegExp)[];
  /** What stands there once it is ready, beside its keys. */
  shows?: RegExp;
  in?: World;
}

/** How each screen is reached. Screens of one world are drawn in this order. */
export const REACH: Readonly<Record<string, Way>> = {
  deck: { press: [], shows: /root causes/ },
  health: { press: ['2'] },
  experiments: { press: ['e'], shows: /(^| {2})(reach|rights) {3}/m },
  faults: { press: ['4'], shows: /looked/ },
  triage: { press: ['5'], shows: /G9 workloads and objects FAIL/ },
  timeline: { from: 'reports', press: ['t'], shows: /MOMENTS/ },
  reports: { press: ['7'], shows: /kserve-llm/ },
  report: { from: 'reports', press: [ENTER], shows: /because/ },
  fault: { from: 'faults', press: [ENTER], shows: /injected by/ },
  object: { from: 'triage', press: [ENTER], shows: /CONDITIONS|EVENTS|OWNERS|WHO WROTE IT/ },
  plan: { from: 'experiments', press: [ENTER], shows: /(^| {2})rights {3}/m },
  suite: { from: 'experiments', press: [' ', 'S'], shows: /a arms all of it/ },
  mayday: { press: ['!'], shows: /scan complete/ },
  help: { press: ['?'] },
  'revert-one': { press: ['r'] },
  palette: { press: [':'] },
  inject: { press: ['i'], shows: /PodKill/ },
  draft: { from: 'inject', press: [ENTER], shows: /labelSelector/ },
  save: { from: 'draft', press: [ENTER, 'w'], shows: /yaml/ },
  actions: { press: ['a'] },
  // The last of its world: a fault of this console is in the cluster then. The draft above stands first among the experiments.
  quit: { from: 'experiments', press: ['g', 'j', ENTER, 'a', 'f', / injected {3}/, 'q'] },
  fix: { in: 'incident', press: ['5', 'x'], shows: /delete/ },
  gameday: { in: 'gameday', press: ['8', ENTER], shows: /safe to inject: / },
  note: { in: 'gameday', press: ['8', 'n'] },
  fleet: { in: 'fleet', press: ['9'], shows: /prod-us[^\n]*to watch[\s\S]*UNREACHABLE/ },
  'fleet-revert': { in: 'fleet', from: 'fleet', press: [' ', 'R'] },
};

export const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;

/** The file of a screen at a size, below docs/shots. */
export const shotFile = (id: string, { columns, rows }: { columns: number; rows: number }): string =>
  `${id}-${columns}x${rows}.svg`;

const ENTER = '\r';

/**
 * The keys that lead from the deck to each screen, on the sandbox of the scenario `stuck-injections`. One entry in a list is one
 * press; the next waits until the screen has settled.
 */
export const REACH: Readonly<Record<string, readonly string[]>> = {
  deck: [],
  health: ['2'],
  experiments: ['e'],
  faults: ['4'],
  triage: ['5'],
  timeline: ['7', 't'],
  reports: ['7'],
  report: ['7', ENTER],
  fault: ['4', ENTER],
  gameday: ['8'],
  fleet: ['9'],
  object: ['5', ENTER],
  plan: ['e', ENTER],
  suite: ['e', ' ', 'S'],
  mayday: ['!'],
  help: ['?'],
  quit: ['q'],
  'revert-one': ['r'],
  mend: ['5', 'x'],
  palette: [':'],
  inject: ['i'],
  draft: ['i', ENTER],
  save: ['i', ENTER, ENTER, 'w'],
  actions: ['a'],
};

/**
 * Questions over another screen that cannot be drawn here: `note` needs a game-day, `fleet-revert` several clusters, and `quit` a run that
 * is under way, without which it ends the program.
 */
export const NOT_SHOWN: readonly string[] = ['note', 'quit', 'fleet-revert'];

export const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;

/** The file of a screen at a size, below docs/shots. */
export const shotFile = (id: string, { columns, rows }: { columns: number; rows: number }): string =>
  `${id}-${columns}x${rows}.svg`;

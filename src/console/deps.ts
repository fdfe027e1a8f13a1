import type { LoadedExperiment } from '../experiment/types.ts';
import type { Clock } from '../host/clock.ts';
import type { KnownContexts } from '../kube/connection/contexts.ts';
import type { Report } from '../report/model.ts';
import type { PastRun } from '../report/past.ts';
import type { Clean } from '../text/sanitise.ts';
import type { Remap } from './keymap/remap.ts';
import type { Session } from './session/session.ts';
import type { NamedTheme } from './widgets/theme.ts';

/**
 * Everything the console needs, handed over by the composition root. Nothing here may import the engine before the first
 * frame: the functions load it when they are first called.
 */
export interface ConsoleDeps {
  settings: ConsoleSettings;
  terminal: Terminal;
  /** Real time, for countdowns, even if a sandbox runs faster. */
  clock: Clock;
  /** The experiments on disk; broken files come with their error, so that they are seen. */
  catalogue(): Promise<CatalogueEntry[]>;
  /** Plans of game-days among the experiments. */
  plans?(): Promise<string[]>;
  /** Reads the kubeconfig, for the context that is named, or starts the sandbox. An unreachable cluster is not a failure here: its requests fail later, and are tried again. */
  connect(progress: (doing: string) => void, context?: string): Promise<Connected>;
  /** The contexts of the kubeconfig, as they are now; the same object as long as it has not changed. None where there is but one cluster. */
  contexts?(): Promise<KnownContexts>;
  /** Writes a new file; replaces one only where that was asked for. Never rejects. */
  save(path: string, text: string, replace: boolean): Promise<Saved>;
  /** Keeps text from the screen as a private file, and opens it in the programs of the person. */
  keep?: {
    /** Resolves with the path; rejects in one line. */
    save(name: string, text: string): Promise<string>;
    /** The command of the editor or the pager; undefined if none is configured. */
    program(by: 'editor' | 'pager'): string | undefined;
    /** Runs it on the terminal until it ends; resolves with what went wrong. */
    open(by: 'editor' | 'pager', path: string): Promise<string | undefined>;
  };
  /** What was run on this machine, from its records. */
  past?: Past;
  /** Reads the code that may be loaded later into memory, since an update may replace its files; never rejects. */
  keepCode?(): Promise<void>;
  /** Diagnostic lines for the log file; never the screen. */
  log(line: string): void;
}

/** The records of this machine's runs, suites and game-days. */
export interface Past {
  /**
   * Reads one after the other and lets the screen draw in between. Tells what is read so far, newest first, and how many there are. Rejects,
   * in one line, where there is no reading at all.
   */
  list(onRuns: (runs: readonly PastRun[], total: number) => void, signal: AbortSignal): Promise<void>;
  /** One in full, or in one line why it cannot be read. */
  read(id: string): Promise<Report | string>;
  /** As `mayday report` writes it. */
  text(report: Report, form: 'md' | 'html'): Promise<string>;
}

/** What became of a file that was to be written; `path` is absolute. */
export type Saved = { is: 'written'; path: string } | { is: 'taken'; path: string } | { is: 'failed'; why: Clean };

export interface ConsoleSettings {
  version: string;
  color: boolean;
  ascii: boolean;
  readOnly: boolean;
  /** The context of the command line, for the first frame; otherwise the kubeconfig decides it. */
  context?: string;
  /** Set when the embedded cluster was asked for: its scenario. */
  sandbox?: string;
  /** The plan of a game-day to begin with, or the journal of one to go on with; and as whom. */
  gameDay?: string;
  person?: string;
  /** Begin with the guided tour. */
  isTour?: boolean;
  /** Keys as they are configured. */
  keys?: Remap;
  /** The theme to begin with, and the themes of the user beside those that come with the program. */
  theme?: string;
  themes?: readonly NamedTheme[];
  /** Settings that cannot be followed, one line each. */
  problems?: readonly string[];
  /** How long an armed injection may be fired, milliseconds; 10,000 unless given. */
  armMs?: number;
}

export interface Terminal {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream & { columns?: number; rows?: number };
  stderr: NodeJS.WritableStream;
  /** How often Ink may draw, per second; 30 unless given. */
  maxFps?: number;
  /** Ink is in memory already: it need not wait until the request for the first rows is on its way. */
  isInkLoaded?: boolean;
}

type Connected =
  | { ok: true; session: Session }
  /** The console cannot be of use at all (unknown context, broken kubeconfig): one line and an exit code. */
  | { ok: false; message: string; exitCode: number };

export type CatalogueEntry =
  /** `text` is that of an experiment that has not been written to a file. */
  | { path: string; loaded: LoadedExperiment; text?: string; error?: never }
  | { path: string; loaded?: never; error: string };

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Summary } from '../../health/model.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import type { ClusterExperiment } from '../../revert/stop/cluster-experiment.ts';
import type { Stop } from '../../revert/stop/stop.ts';
import type { CheckResult, Phase, RunEvent, Verdict } from '../../run/event.ts';
import type { CatalogueEntry, ConsoleSettings } from '../deps.ts';
import { type FaultsLook, NOT_LOOKED } from '../screens/faults/view.ts';
import { type FixView, NO_FIX } from '../screens/fix/view.ts';
import { type FleetView, NO_FLEET } from '../screens/fleet/view.ts';
import { type DayView, NO_DAY } from '../screens/gameday/view.ts';
import { NO_TABLES, type TablesView } from '../screens/health/view.ts';
import { type InjectView, NOTHING_TO_INJECT } from '../screens/inject/view.ts';
import type { Question } from '../screens/mayday/question.ts';
import { NO_OBJECT, type ObjectView } from '../screens/object/view.ts';
import type { ScreenId } from '../screens/registry.ts';
import { NO_REPORTS, type ReportsView } from '../screens/reports/view.ts';
import { NOTHING_TO_SAVE, type SaveView } from '../screens/save/view.ts';
import { NO_SUITE, type SuitePane } from '../screens/suite/view.ts';
import { NO_TIMELINE, type TimelineView } from '../screens/timeline/view.ts';
import { NOTHING_LOOKED_AT, type TriageView } from '../screens/triage/view.ts';
import type { RevertEnd } from '../session/revert.ts';
import type { Preflight } from '../session/run.ts';
import type { TourView } from '../tour/steps.ts';
import type { Tone } from '../widgets/line.ts';
import type { Arming } from './arming.ts';
import { NO_SHELL, type ShellView } from './shell.ts';

/** The screens, from the home screen up; the last has the keyboard, and `esc` goes back to the one below. */
export type Screen = ScreenId;

type Link =
  | { state: 'starting'; doing: string }
  | {
      state: 'connected';
      context: string;
      server: string;
      user: string;
      version: string;
      namespace: string;
      isProtected: boolean;
      isSandbox: boolean;
      /** Monotonic milliseconds at which the cluster was first asked for what it holds. */
      since: number;
    };

export type Check =
  | { state: 'waiting' }
  | { state: 'checking' }
  | { state: 'ready'; preflight: Preflight; at: number }
  | { state: 'failed'; reason: string };

/** An injection that `f` will fire. */
interface Armed extends Arming {
  path: string;
  preflight: Preflight;
}

/** One run of this console. Deadlines and times are server milliseconds. */
export interface RunView {
  key: string;
  /** The engine's id of the run, once an event told it. */
  runId?: string;
  experiment: string;
  type: string;
  target: ObjectRef;
  phase: Phase;
  startedAt: number;
  injectedAt?: number;
  ttlDeadline?: number;
  recoveryDeadline?: number;
  recoveryMs: number;
  recoveredAfterMs?: number;
  /** The start of the recovery clock: it is restarted at the revert. */
  recoversFrom: 'injection' | 'revert';
  isReverted: boolean;
  /** A guardian ends it at its TTL if this process dies. */
  isGuarded: boolean;
  effect: 'proven' | 'pending' | 'absent' | undefined;
  evidence: string;
  /** The last result of each check, by its name. */
  checks: readonly CheckResult[];
  verdict?: Verdict;
  /** Why it was cut short; its verdict says nothing about the system then. */
  interrupted?: string;
  residue?: number;
  /** Its events so far, for the timeline. */
  events?: readonly RunEvent[];
  /** Monotonic milliseconds at which it ended; the row stays for a while. */
  endedAt?: number;
}

export interface VerdictLine {
  key: number;
  /** Server milliseconds. */
  at: number;
  text: string;
  tone: Tone;
  /** The run that it is about. */
  run?: string;
}

interface Notice {
  text: string;
  tone: Tone;
  /** Monotonic milliseconds at which it disappears; undefined: it stays until replaced. */
  until: number | undefined;
}

export interface MaydayView {
  phase: 'scanning' | 'found' | 'aborting' | 'reverting' | 'done' | 'unreachable';
  done: number;
  total: number;
  findings: readonly FoundInjection[];
  blind: readonly { resource: string; reason: string }[];
  /** Finding id → wave it belongs to. */
  waves: ReadonlyMap<string, { wave: number; name: string }>;
  receipts: ReadonlyMap<string, Receipt>;
  /** Experiments of the framework's controller that inject or will, and the outcome of each by its id. */
  orders: readonly ClusterExperiment[];
  stops: ReadonlyMap<string, Stop>;
  notes: readonly string[];
  /** What lost its marks: no scan finds it, the journals of this machine know of it. */
  unmarked: readonly LeftUnmarked[];
  /** The state of the latch, until it is lifted. */
  latch: string;
  message: string;
  /** Monotonic milliseconds at which the next attempt starts, when unreachable. */
  retryAt: number | undefined;
  end: RevertEnd | undefined;
  asked: Question | undefined;
  /** A revert of everything was asked for while the cluster did not answer: it starts as soon as it does. */
  isQueued: boolean;
  top: number;
}

/** One cluster on the screen. Each connection has a state of its own; `shell` is what they share. */
export interface ConsoleState {
  settings: ConsoleSettings;
  shell: ShellView;
  /** What changed in the kubeconfig since this connection was made, until a person acknowledges it; else empty. */
  kubeconfigChange: string;
  columns: number;
  rows: number;
  link: Link;
  health: Summary;
  catalogue: readonly CatalogueEntry[] | undefined;
  screens: readonly Screen[];
  /** Screens that were left with `esc`, which the key for forward opens again; the next one last. */
  ahead: readonly Screen[];
  /** The identity (never the row number) of the selected item, per list. */
  cursor: {
    faults: string | undefined;
    experiments: string | undefined;
    triage: string | undefined;
    fleet: string | undefined;
  };
  checks: ReadonlyMap<string, Check>;
  armed: Armed | undefined;
  runs: readonly RunView[];
  stream: readonly VerdictLine[];
  /** Lines scrolled back from the newest; 0 follows. */
  streamBack: number;
  /** What is typed into the palette, and the row chosen in it. */
  palette: { text: string; at: number };
  /** Rows by which the help is scrolled. */
  helpTop: number;
  notice: Notice | undefined;
  mayday: MaydayView;
  triage: TriageView;
  object: ObjectView;
  fix: FixView;
  day: DayView;
  suite: SuitePane;
  /** Of the health screen. */
  tables: TablesView;
  fleet: FleetView;
  /** What the last scan of the whole cluster found. */
  look: FaultsLook;
  /** Rows by which the fault is scrolled. */
  faultTop: number;
  inject: InjectView;
  save: SaveView;
  reports: ReportsView;
  timeline: TimelineView;
  /** The row chosen in the menu of actions. */
  actionAt: number;
  leftovers: Leftovers;
  quitting: 'no' | 'reverting' | 'over';
  tour: TourView;
}

/** What earlier runs left behind: how many, and the name of one of them. */
export interface Leftovers {
  count: number;
  example: string;
}

export type ConsoleStore = StoreApi<ConsoleState>;

export const EMPTY_MAYDAY: MaydayView = {
  phase: 'scanning',
  done: 0,
  total: 0,
  findings: [],
  blind: [],
  waves: new Map(),
  receipts: new Map(),
  orders: [],
  stops: new Map(),
  notes: [],
  unmarked: [],
  latch: '',
  message: '',
  retryAt: undefined,
  end: undefined,
  asked: undefined,
  isQueued: false,
  top: 0,
};

const UNKNOWN = { sync: { state: 'waiting' }, count: 0, failing: 0, warning: 0, troubles: [] } as const;

const NOTHING_KNOWN: Summary = {
  kinds: {
    nodes: UNKNOWN,
    pods: UNKNOWN,
    deployments: UNKNOWN,
    endpoints: UNKNOWN,
    webhooks: UNKNOWN,
    crds: UNKNOWN,
    leases: UNKNOWN,
  },
  markers: [],
  unseen: [],
  locks: [],
  lastReceivedAt: undefined,
};

/** The console's whole state; the screens are functions of it. */
export function createConsoleStore(settings: ConsoleSettings, size: { columns: number; rows: number }): ConsoleStore {
  return createStore<ConsoleState>(() => ({
    settings,
    shell: NO_SHELL,
    kubeconfigChange: '',
    ...size,
    link: {
      state: 'starting',
      doing: settings.sandbox === undefined ? 'reading the kubeconfig' : 'starting the sandbox',
    },
    health: NOTHING_KNOWN,
    catalogue: undefined,
    screens: ['deck'],
    ahead: [],
    cursor: { faults: undefined, experiments: undefined, triage: undefined, fleet: undefined },
    checks: new Map(),
    armed: undefined,
    runs: [],
    stream: [],
    streamBack: 0,
    palette: { text: '', at: 0 },
    helpTop: 0,
    notice: undefined,
    mayday: EMPTY_MAYDAY,
    triage: NOTHING_LOOKED_AT,
    object: NO_OBJECT,
    fix: NO_FIX,
    day: NO_DAY,
    suite: NO_SUITE,
    tables: NO_TABLES,
    fleet: NO_FLEET,
    look: NOT_LOOKED,
    faultTop: 0,
    inject: NOTHING_TO_INJECT,
    save: NOTHING_TO_SAVE,
    reports: NO_REPORTS,
    timeline: NO_TIMELINE,
    actionAt: 0,
    leftovers: { count: 0, example: '' },
    quitting: 'no',
    tour: undefined,
  }));
}

export const screenOf = (state: ConsoleState): Screen => state.screens[state.screens.length - 1] ?? 'deck';

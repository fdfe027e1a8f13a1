import type { ObjectRef } from '../../k8s/object.ts';
import type { Clusters } from '../app/clusters.ts';
import type { Context } from '../app/context.ts';
import type { Keeping } from '../app/keep.ts';
import type { KubeconfigWatch } from '../app/kubeconfig-change.ts';
import type { Quit } from '../app/quit.ts';
import type { Runs } from '../app/runs.ts';
import type { Commands, Key } from '../keymap/key.ts';
import type { Now } from '../store/select.ts';
import type { ConsoleState } from '../store/state.ts';
import type { Tour } from '../tour/tour.ts';
import { type Layout, pane } from '../widgets/layout.ts';
import type { Item, Line } from '../widgets/line.ts';
import { stepped } from '../widgets/list.ts';
import type { View } from '../widgets/view.ts';
import type { Catalogue } from './experiments/catalogue.ts';
import type { FaultsLooking } from './faults/looking.ts';
import type { Fixing } from './fix/fixing.ts';
import type { FleetWatching } from './fleet/watching.ts';
import type { Leading } from './gameday/leading.ts';
import type { Browsing } from './health/browsing.ts';
import type { Injecting } from './inject/injecting.ts';
import type { Emergency } from './mayday/emergency.ts';
import type { ObjectLooking } from './object/looking.ts';
import type { Reporting } from './reports/reporting.ts';
import type { Saving } from './save/saving.ts';
import type { SuiteRunning } from './suite/running.ts';
import type { Triaging } from './triage/looking.ts';

/** The parts of the console that the commands of screens use. */
export interface Parts {
  context: Context;
  catalogue: Catalogue;
  emergency: Emergency;
  runs: Runs;
  triaging: Triaging;
  objects: ObjectLooking;
  fixing: Fixing;
  browsing: Browsing;
  fleet: FleetWatching;
  /** The clusters of this console; `open` shows another context. */
  clusters: Pick<Clusters, 'open' | 'back' | 'learn' | 'updateShell'>;
  keeping: Keeping;
  kubeconfig: Pick<KubeconfigWatch, 'acknowledge'>;
  faultsLooking: FaultsLooking;
  injecting: Injecting;
  saving: Saving;
  reporting: Reporting;
  leading: Leading;
  suites: SuiteRunning;
  tour: Tour;
  quit: Quit;
  suspend(): void;
  repaint(): void;
  screens: readonly ScreenFolder[];
  /** Does what the key of this command does on the present screen, or says why it cannot. */
  run(command: string): void;
}

/** Room for the body of a screen, between the header and the key line. */
export interface Size {
  columns: number;
  rows: number;
}

/** Opens the screen of this id. */
export const goTo = (id: string): string => `go-to-${id}`;

/** The keys that lead from screen to screen. */
export const screenKeys = (screens: readonly ScreenFolder[]): readonly Key[] =>
  screens.flatMap(({ id, digit, title, hint }) =>
    digit === undefined
      ? []
      : [{ id: goTo(id), keys: [digit], says: (title ?? id).toLowerCase(), ...(hint !== undefined && { hint }) }],
  );

/** A list with a cursor: keys, the wheel, clicks and the menu of line mode move it. Its rows are drawn by `itemLine` with its name. */
export interface List {
  /** The identities of all its rows, in the order of the screen. */
  ids(state: ConsoleState, now: Now, screens: readonly ScreenFolder[]): readonly string[];
  /** The row that the cursor is on. */
  chosen(state: ConsoleState, now: Now, screens: readonly ScreenFolder[]): string | undefined;
  /** Puts the cursor on a row. Opens and writes nothing. */
  moveTo(parts: Parts, id: string): void;
}

/** One screen: a folder of this name, and a line in `registry.ts`. */
export interface ScreenFolder<Id extends string = string> {
  id: Id;
  /** The key that opens it from every screen with digits. */
  digit?: string;
  /**
   * The position of its digit on the key line of other screens, smaller is further left; without it only the help shows
   * it.
   */
  hint?: number;
  /** Its heading in the help; a question over another screen has none. */
  title?: string;
  keys: readonly Key[];
  /** Whether its rows show the cluster's data: they are dim while the cluster does not answer. */
  isOfCluster?(state: ConsoleState): boolean;
  /** The body. A pure function of state and time; `screens` are all there are, for the help. */
  body(state: ConsoleState, view: View, size: Size, screens: readonly ScreenFolder[]): Layout;
  /** The object that the cursor is on; faults can be injected into it. */
  subject?(state: ConsoleState, now: Now): ObjectRef | undefined;
  /** What the keys of this screen do. */
  commands?(parts: Parts): Commands;
  /** Its lists by their names; the keys that move act on the first. */
  lists?: Readonly<Record<string, List>>;
  /** Scrolls a screen without a list by so many rows; infinite for the first and the last. */
  move?(parts: Parts, by: number): void;
  /** Called when it was opened by its digit. */
  enter?(parts: Parts): void;
  /** Called when `esc` is pressed, before the screen is left; true keeps it. */
  leave?(parts: Parts): boolean;
  /** Whether letters are typed as text now, and are not commands. */
  typing?(state: ConsoleState): boolean;
  type?(parts: Parts, text: string): void;
  /** Its letters do something at once instead of being typed, so pasted ones are ignored. */
  isPasteIgnored?: true;
  erase?(parts: Parts): void;
}

/** The screen that the present one lies over. */
export const underneath = ({ screens }: ConsoleState, all: readonly ScreenFolder[]): ScreenFolder | undefined =>
  all.find(({ id }) => id === screens.at(-2)) ?? all[0];

/** Moves the cursor of a screen by so many rows, or scrolls it. */
export function moveOn(folder: ScreenFolder, parts: Parts, by: number): void {
  const [list] = Object.values(folder.lists ?? {});
  if (list === undefined) {
    folder.move?.(parts, by);
    return;
  }
  const [state, now] = [parts.context.store.getState(), parts.context.now()];
  const next = stepped(list.ids(state, now, parts.screens), list.chosen(state, now, parts.screens), by);
  if (next !== undefined) list.moveTo(parts, next);
}

/** Puts the cursor on the row of a list, as a click does; a row that is there no longer is left alone. */
export function pickOn(folder: ScreenFolder, parts: Parts, { list: name, key }: Item): void {
  const list = folder.lists?.[name];
  if (list?.ids(parts.context.store.getState(), parts.context.now(), parts.screens).includes(key))
    list.moveTo(parts, key);
}

/** The body of a screen that is one text or list over all of its room. */
export const onePane =
  (lines: (...of: Parameters<ScreenFolder['body']>) => readonly Line[]): ScreenFolder['body'] =>
  (state, view, size, screens) =>
    pane(size.columns, size.rows, lines(state, view, size, screens));

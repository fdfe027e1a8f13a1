import { viewAfter, viewOf } from '../../../suite/view.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify, open, stream } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import { ARM_MS, armed, withErased, withTyped } from '../../store/arming.ts';
import { paneOf } from '../../store/pane.ts';
import { chosen, protectedContext } from '../../store/select.ts';
import { isSuiteRunning, markLock } from './view.ts';

/** Marking experiments and running them as a suite. */
export interface SuiteRunning {
  /** Marks the experiment under the cursor, or removes its mark. */
  mark(): void;
  /** Shows the marked experiments in the order of a suite; a suite that is running is shown instead. */
  open(): Promise<void>;
  arm(): void;
  disarm(): void;
  /** Begins what is armed. */
  fire(): void;
  /** Reverts what runs, and begins nothing more. */
  stop(): void;
  type(text: string): void;
  erase(): void;
}

export function createSuiteRunning(context: Context, runs: Runs): SuiteRunning {
  const { store, deps } = context;
  const armMs = deps.settings.armMs ?? ARM_MS;
  let stopping = new AbortController();
  const { update } = paneOf(store, 'suite');
  const now = () => context.now().monotonic;

  /** What is marked and still a valid file. */
  const marked = () => {
    const { catalogue, suite } = store.getState();
    return (catalogue ?? []).flatMap(({ path, loaded }) => (loaded && suite.marked.has(path) ? [loaded] : []));
  };

  async function run(stop: AbortSignal): Promise<void> {
    const { session } = context;
    if (!session) return;
    try {
      const end = await session.runSuite({
        all: marked(),
        onEvent: event => update(({ table }) => (table === undefined ? {} : { table: viewAfter(table, event) })),
        run: (loaded, emit, start) => runs.lead(loaded, emit, start),
        signal: AbortSignal.any([stop, stopping.signal]),
      });
      const rest = end.isWhole ? '' : `; \`mayday suite --resume ${end.suite}\` runs what is missing`;
      const message = `suite ${end.suite}: ${end.says}, exit code ${end.exitCode}${rest}`;
      update({ phase: 'over', message, marked: new Set() });
      stream(context, [{ at: context.now().server, text: message, tone: end.exitCode === 0 ? 'ok' : 'warn' }]);
    } catch (error) {
      update({ phase: 'failed', message: messageOf(error) });
      notify(context, `the suite ended with an error: ${messageOf(error)}`, 'bad', 30_000);
    }
  }

  return {
    mark() {
      const state = store.getState();
      const entry = chosen(state);
      const no = markLock(state, entry);
      if (no !== undefined || entry === undefined) return notify(context, no ?? '', 'warn');
      update(({ marked: before }) => {
        const next = new Set(before);
        if (!next.delete(entry.path)) next.add(entry.path);
        return { marked: next, phase: 'marking', arming: undefined };
      });
    },
    async open() {
      open(context, 'suite');
      const { session } = context;
      const all = marked();
      if (isSuiteRunning(store.getState()) || all.length === 0) return;
      if (!session) return notify(context, 'not connected yet', 'warn');
      const plan = await session.planSuite(all);
      update({ phase: 'ready', plan, table: viewOf(plan.entries, new Map()), arming: undefined, message: '' });
    },
    arm() {
      update({ arming: armed(protectedContext(store.getState()), now(), armMs) });
    },
    disarm: () => update({ arming: undefined }),
    fire() {
      stopping = new AbortController();
      update({ phase: 'running', arming: undefined, message: '' });
      void runs.during(run);
    },
    stop() {
      update({ phase: 'stopping' });
      stopping.abort(new Error('stopped from the console'));
    },
    type: text => update(({ arming }) => ({ arming: arming && withTyped(arming, text, now(), armMs) })),
    erase: () => update(({ arming }) => ({ arming: arming && withErased(arming) })),
  };
}

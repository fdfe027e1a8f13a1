import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Plan } from '../../faults/contract.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { RunEvent, Verdict } from '../../run/event.ts';
import { eventLine, type LineOptions } from '../../run/line.ts';
import { exitCode } from '../../run/verdict/result.ts';
import { messageOf } from '../../text/message-of.ts';
import type { RunEnd, StartRun } from '../deps.ts';
import { objectName } from '../screens/deck/faults.ts';
import { sameTarget } from '../screens/plan/same-target.ts';
import { chosen, fireLock } from '../store/select.ts';
import type { RunView } from '../store/state.ts';
import type { Tone } from '../widgets/line.ts';
import { type Context, notify, stream } from './context.ts';

/** What the console adds to a run. */
type Added = Parameters<StartRun>[0];

interface Handle {
  stop: AbortController;
  stopWaiting: AbortController;
  end: Promise<RunEnd>;
}

/** `eventLine` begins with the time of day, which the stream writes itself. */
const TIME_COLUMNS = 10;
/** Events of one run that are kept for the timeline; a check that flips all day must not fill the memory. */
const MOST_EVENTS = 500;

/** Phases show beside their fault, and open gates were shown on the plan: the stream is for what is new. */
const isNews = (event: RunEvent): boolean => event.event !== 'phase' && (event.event !== 'gate' || !event.ok);

/** What stopping gave: how many objects are not proven restored, and the receipt of each that was reverted. */
interface Stopped {
  residue: number;
  receipts: readonly Receipt[];
}

/** The runs of this console, from fire to verdict. */
export interface Runs {
  fire(): void;
  /** Follows a run that somebody else begins, such as a game-day: the emergency stop and the way out know of it. */
  lead(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  /** Follows work that begins runs by itself, such as a suite: what stops every run stops it first, so that it begins no other. */
  during(work: (stop: AbortSignal) => Promise<void>): Promise<void>;
  /** Stops one run (or all) and waits until what it wrote is reverted. */
  stop(key?: string): Promise<Stopped>;
  /** Resolves when every run is over and written down. */
  settled(): Promise<void>;
  /** Gives up waiting for reverting. */
  stopWaiting(): void;
}

export function createRuns(context: Context): Runs {
  const { store } = context;
  const handles = new Map<string, Handle>();
  const receipts = new Map<string, readonly Receipt[]>();
  const works = new Map<Promise<void>, AbortController>();
  let count = 0;

  const update = (key: string, change: (run: RunView) => Partial<RunView>): void =>
    store.setState(({ runs }) => ({ runs: runs.map(run => (run.key === key ? { ...run, ...change(run) } : run)) }));

  function onEvent(key: string, event: RunEvent, about: LineOptions): void {
    update(key, run => ({
      runId: event.run,
      events: [...(run.events ?? []), event].slice(-MOST_EVENTS),
      ...changeBy(run, event),
    }));
    if (event.event === 'reverted') receipts.set(key, event.receipts);
    if (isNews(event))
      stream(context, [
        { at: event.at, text: eventLine(event, about).slice(TIME_COLUMNS), tone: toneOf(event), run: key },
      ]);
  }

  function firstView({ experiment }: LoadedExperiment, target: RunView['target']): RunView {
    return {
      key: `fired ${++count}`,
      experiment: experiment.metadata.name,
      type: experiment.spec.injection.type,
      target,
      phase: 'Pending',
      startedAt: context.now().server,
      recoveryMs: experiment.spec.hypothesis.recoveryTimeoutMs,
      recoversFrom: 'injection',
      isReverted: false,
      isGuarded: false,
      effect: undefined,
      evidence: '',
      checks: [],
    };
  }

  function fire() {
    const state = store.getState();
    const why = fireLock(state, context.now());
    if (why !== undefined) return notify(context, why, 'warn');
    const loaded = chosen(state)?.loaded;
    const { armed } = state;
    const { session } = context;
    if (!armed || !loaded || !session || armed.preflight.plan.is !== 'plan') return;
    const plan: Plan = armed.preflight.plan;
    const first = firstView(loaded, plan.target);
    const { key } = first;
    store.setState({
      armed: undefined,
      screens: ['deck'],
      streamBack: 0,
      runs: [...store.getState().runs, first],
      cursor: { ...state.cursor, faults: `run ${key}` },
    });
    stream(context, [
      {
        at: context.now().server,
        text: `${first.experiment}  fired at ${plan.target.kind} ${objectName(plan.target)}`,
        tone: 'title',
      },
    ]);
    follow(first, ({ emit, signal, stopWaiting }) =>
      session.run({
        loaded,
        preflight: armed.preflight,
        gate: now => sameTarget(plan, now),
        emit,
        signal,
        stopWaiting,
      }),
    );
  }

  /** Follows a run from its start to its end on every screen. Never rejects. */
  function follow(first: RunView, start: (added: Added) => Promise<RunEnd>): void {
    const { key } = first;
    const handle = { stop: new AbortController(), stopWaiting: new AbortController() };
    const end = start({
      emit: event => onEvent(key, event, { experiment: first.experiment, recoveryTimeoutMs: first.recoveryMs }),
      signal: handle.stop.signal,
      stopWaiting: handle.stopWaiting.signal,
    })
      .catch((error: unknown): RunEnd => {
        const reason = messageOf(error);
        const wasInjected = store
          .getState()
          .runs.some(run => run.key === key && run.injectedAt !== undefined && !run.isReverted);
        stream(context, [
          { at: context.now().server, text: `${first.experiment}  run broke off: ${reason}`, tone: 'bad' },
        ]);
        return { exitCode: 1, residue: wasInjected ? 1 : 0 };
      })
      .then(result => {
        update(key, run => ({
          endedAt: context.now().monotonic,
          residue: result.residue,
          verdict: run.verdict ?? 'Inconclusive',
        }));
        handles.delete(key);
        return result;
      });
    handles.set(key, { ...handle, end });
  }

  return {
    fire,
    lead(loaded, emit, start) {
      const { operator, component } = loaded.experiment.spec.target;
      const first = firstView(loaded, { apiVersion: '', kind: operator, name: component });
      store.setState(({ runs }) => ({ runs: [...runs, first] }));
      const finished = Promise.withResolvers<FinishedRun>();
      follow(first, ({ emit: show, signal, stopWaiting }) => {
        const both = (event: RunEvent) => {
          show(event);
          emit(event);
        };
        start({ emit: both, signal, stopWaiting }).then(finished.resolve, finished.reject);
        return finished.promise.then(({ result }) => ({ exitCode: exitCode(result), residue: result.residue }));
      });
      return finished.promise;
    },
    async during(work) {
      const stop = new AbortController();
      const end = work(stop.signal).finally(() => works.delete(end));
      works.set(end, stop);
      await end;
    },
    async stop(key) {
      const stopped = key === undefined ? [...works] : [];
      for (const [, work] of stopped) work.abort(new Error(STOPPED_HERE));
      const chosenHandles = [...handles].filter(([name]) => key === undefined || name === key);
      for (const [, handle] of chosenHandles) handle.stop.abort(new Error(STOPPED_HERE));
      const ends = await Promise.all(chosenHandles.map(([, handle]) => handle.end));
      await Promise.allSettled(stopped.map(([end]) => end));
      return {
        residue: ends.reduce((sum, end) => sum + end.residue, 0),
        receipts: chosenHandles.flatMap(([name]) => receipts.get(name) ?? []),
      };
    },
    async settled() {
      await Promise.all([...handles.values()].map(handle => handle.end));
      await Promise.allSettled(works.keys());
    },
    stopWaiting() {
      for (const handle of handles.values()) handle.stopWaiting.abort();
    },
  };
}

/** Why a person's stop ends a run, as the run tells it. */
const STOPPED_HERE = 'stopped from the console';

/** The reason of a verdict that says that the run was cut short; a person who pressed the key reads that it was the key. */
function interruptedBy({
  reasons: [first = ''],
}: Extract<RunEvent, { event: 'verdict' }>): Pick<RunView, 'interrupted'> {
  const why = /^interrupted(?:: )?(.*)/s.exec(first)?.[1];
  return why === undefined ? {} : { interrupted: why === STOPPED_HERE ? 'by you' : why };
}

/** What an event says of its run. */
export function changeBy(run: RunView, event: RunEvent): Partial<RunView> {
  if (run.endedAt !== undefined) return {};
  switch (event.event) {
    case 'phase':
      return { phase: event.phase };
    case 'injected':
      return {
        injectedAt: event.at,
        recoveryDeadline: event.recoveryDeadline,
        recoveryMs: event.recoveryDeadline - event.at,
        effect: 'pending',
        ...(event.ttlDeadline !== undefined && { ttlDeadline: event.ttlDeadline }),
      };
    case 'baseline':
      return { checks: event.checks };
    case 'check':
      return { checks: [...run.checks.filter(({ name }) => name !== event.check.name), event.check] };
    case 'effect':
      return { effect: event.state, evidence: event.evidence.join('; ') };
    case 'guard':
      return { isGuarded: event.on };
    case 'recovered':
      // A fault that healed by itself is timed from the injection, whenever that was seen.
      return { recoveredAfterMs: event.afterMs, ...(event.selfHealed ? { recoversFrom: 'injection' } : {}) };
    case 'reverted':
      return {
        isReverted: event.remaining === 0,
        residue: event.remaining,
        recoveryDeadline: event.at + run.recoveryMs,
        // From here on the system recovers from our revert, unless it had recovered before or there was nothing to
        // restore.
        ...(run.recoveredAfterMs === undefined && event.receipts.length > 0 ? { recoversFrom: 'revert' } : {}),
      };
    case 'verdict':
      return { verdict: event.verdict, residue: event.residue, ...interruptedBy(event) };
    default:
      return {};
  }
}

const VERDICT_TONES: Record<Verdict, Tone> = { Resilient: 'ok', Degraded: 'warn', Failed: 'bad', Inconclusive: 'warn' };
const EFFECT_TONES = { proven: 'ok', pending: 'warn', absent: 'bad' } as const;
const CHECK_TONES = { pass: 'ok', fail: 'warn', blind: 'bad' } as const;

/** What distinguishes a line of the stream from its neighbours, beside its words. */
function toneOf(event: RunEvent): Tone {
  switch (event.event) {
    case 'phase':
      return 'title';
    case 'injected':
      return 'chaos';
    case 'effect':
      return EFFECT_TONES[event.state];
    case 'check':
      return CHECK_TONES[event.check.state];
    case 'verdict':
      return VERDICT_TONES[event.verdict];
    case 'guard':
      return event.on ? 'plain' : 'warn';
    case 'recovered':
      return 'ok';
    case 'deadline':
      return 'warn';
    case 'note':
      return 'plain';
    default:
      return isGood(event) ? 'plain' : 'bad';
  }
}

function isGood(event: Extract<RunEvent, { event: 'gate' | 'baseline' | 'reverted' }>): boolean {
  if (event.event === 'gate') return event.ok;
  return event.event === 'baseline' ? event.passed : event.remaining === 0;
}

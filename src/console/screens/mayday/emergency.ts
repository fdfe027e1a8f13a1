import type { FoundInjection } from '../../../injection/found-injection.ts';
import { sameName } from '../../../k8s/object-ref.ts';
import { type Context, notify, open, stream } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import {
  answerLock,
  chosenFault,
  faultTarget,
  isOutOfReach,
  revertAllLock,
  revertOneLock,
} from '../../store/select.ts';
import { createAsking } from './asking.ts';
import { recountLeftovers } from './leftovers.ts';
import { attemptQuietly, maydayPane, wordsOf } from './pane.ts';
import type { Answer } from './question.ts';
import { createReverting } from './reverting.ts';
import { createScanning } from './scanning.ts';

export interface Emergency {
  /** Opens the emergency screen; the scan is under way before it is drawn. */
  open(): void;
  rescan(): void;
  revertAll(): Promise<void>;
  revertOne(): Promise<void>;
  /** Lets injections through again. */
  liftLatch(): Promise<void>;
  scroll(by: number): void;
  /** Shows in full what needs a person's decision. */
  ask(): Promise<void>;
  type(text: string): void;
  erase(): void;
  /** Takes a queued revert back, or leaves the question open; false where there is neither. */
  putOff(): boolean;
  /** Counts existing injections, for the banner at the start. */
  countLeftovers(): Promise<void>;
  /** Counts them once more, after somebody else put something back. */
  recountLeftovers(): Promise<void>;
  /** The number that remains, once the second scan has ended; set too when that scan failed. */
  remaining(): number | undefined;
}

/** `afterRevert` is called after the second scan of a revert, because other screens still show the state before it. */
export function createEmergency(context: Context, runs: Runs, afterRevert: () => void): Emergency {
  const { store } = context;
  const pane = maydayPane(context);
  const { view, update } = pane;
  const scanning = createScanning(context, pane);
  const asking = createAsking(context, pane);
  const reverting = createReverting(context, runs, pane);

  /** `isRetry`: a person did not ask for it just now. */
  async function revert(
    what: readonly FoundInjection[] | 'all',
    { answer, isRetry = false }: { answer?: Answer; isRetry?: boolean } = {},
  ): Promise<void> {
    if (reverting.isUnderWay || !context.session) return;
    scanning.stop();
    if (await reverting.revert(what, answer)) afterRevert();
    await (answer === undefined ? asking.ask() : asking.askChoices(answer));
    if (view().phase !== 'unreachable') return;
    // Whatever stopped the revert, scan again, so that the screen is right when the cluster answers again.
    if (what === 'all' && !isRetry) update(() => ({ isQueued: true }));
    void scan();
  }

  /** Scans until the cluster answers, and then starts the revert that waits for that. */
  async function scan(): Promise<void> {
    await scanning.scan();
    if (view().phase !== 'found' || !view().isQueued) return;
    update(() => ({ isQueued: false }));
    notify(context, 'the cluster answers: reverting everything, as asked', 'warn');
    await revert('all', { isRetry: true });
  }

  /** Keeps a person's wish to revert everything until the cluster answers. */
  async function queue(): Promise<void> {
    update(() => ({ isQueued: true }));
    await scan();
  }

  /** Takes the wish back; false where there is none. */
  function unqueue(): boolean {
    if (!view().isQueued) return false;
    update(() => ({ isQueued: false }));
    notify(context, 'taken back: nothing is reverted', 'warn');
    return true;
  }

  /** Acts on what was typed. */
  async function answer(): Promise<void> {
    const { findings, receipts } = view();
    const meant = await asking.answer();
    // What was left out, and what failed before, is tried with them: how many remain is about all of it.
    if (meant)
      await revert(
        findings.filter(({ id, state }) => state !== 'foreign' && receipts.get(id)?.verified !== true),
        { answer: meant },
      );
  }

  function rescan(): void {
    if (!reverting.isUnderWay) void scan();
  }

  return {
    ask: asking.ask,
    type: asking.type,
    erase: asking.erase,
    putOff: () => unqueue() || asking.putOff(),
    open() {
      open(context, 'mayday');
      rescan();
    },
    rescan,
    async revertAll() {
      if (view().asked) {
        const unanswered = answerLock(store.getState());
        return unanswered === undefined ? answer() : notify(context, `!: ${unanswered}`, 'warn');
      }
      const why = revertAllLock(store.getState());
      if (why !== undefined) return notify(context, why, 'warn');
      await (isOutOfReach(store.getState()) ? queue() : revert('all'));
    },
    async revertOne() {
      const fault = chosenFault(store.getState(), context.now());
      const why = revertOneLock(store.getState(), context.now());
      store.setState(({ screens }) => ({ screens: screens.includes('faults') ? ['deck', 'faults'] : ['deck'] }));
      if (!fault || why !== undefined) return notify(context, why ?? 'this fault is gone', 'warn');
      if (fault.is === 'run') return stopRun(context, runs, fault.run.key);
      open(context, 'mayday');
      await scanning.scan();
      const object = faultTarget(fault);
      const mine = view().findings.filter(one => sameName(one.object, object));
      if (mine.length === 0) return notify(context, 'this fault is gone', 'warn');
      await revert(mine);
    },
    async liftLatch() {
      const { session } = context;
      if (session === undefined) return;
      const problem = await session.liftLatch().catch(wordsOf);
      if (problem !== undefined) return notify(context, `the latch is not lifted: ${problem}`, 'bad', 30_000);
      update(({ end }) => ({ latch: '', end: end && { ...end, latched: false } }));
      notify(context, 'latch off, read again: experiments can be fired', 'ok');
    },
    scroll: by => update(({ top }) => ({ top: Math.max(0, top + by) })),
    recountLeftovers: () => recountLeftovers(context),
    async countLeftovers() {
      const { session } = context;
      if (!session) return;
      await recountLeftovers(context);
      const { server } = context.now();
      const lines = (await attemptQuietly(() => session.guardians())) ?? [];
      stream(
        context,
        lines.map(text => ({ at: server, text: `guardian    ${text}`, tone: 'plain' })),
      );
    },
    remaining: () => view().end?.remaining,
  };
}

/** Stops a run of this console, which puts back what it wrote. */
async function stopRun(context: Context, runs: Runs, key: string): Promise<void> {
  const { residue } = await runs.stop(key);
  if (residue === 0) notify(context, 'stopped; everything it wrote is back', 'ok');
  else notify(context, `${residue} not restored: ! finds them`, 'bad');
}

import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { Receipt } from '../../../injection/write/receipt.ts';
import { sameName } from '../../../k8s/object-ref.ts';
import type { Undecided } from '../../../revert/restore/undecided.ts';
import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { type Context, notify, open, stream } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import type { Runs } from '../../app/runs.ts';
import type { RevertEnd, RevertUpdate, ScanEnd, ScanUpdate, Unfinished } from '../../deps.ts';
import { answerLock, chosenFault, faultTarget, isUnderWay, revertAllLock, revertOneLock } from '../../store/select.ts';
import { EMPTY_MAYDAY, type Leftovers, type MaydayView } from '../../store/state.ts';
import { isSuiteRunning } from '../suite/view.ts';
import { type Answer, answerOf, needsChoice, type Question } from './question.ts';

/** Pauses between attempts while the cluster does not answer. */
const RETRY_MS = 2_000;

export interface Emergency {
  /** Opens the emergency screen; the scan is under way before it is drawn. */
  open(): void;
  rescan(): void;
  revertAll(): Promise<void>;
  revertOne(): Promise<void>;
  /** Lets injections through again. */
  liftLatch(): Promise<void>;
  scroll(by: number): void;
  /** Shows what needs a person's word, whole. */
  ask(): Promise<void>;
  type(text: string): void;
  erase(): void;
  /** Leaves the question open; false where there is none. */
  putOff(): boolean;
  /** Counts existing injections, for the banner at the start. */
  countLeftovers(): Promise<void>;
  /** Counts them once more, after somebody else put something back. */
  recountLeftovers(): Promise<void>;
  /** Set once a second look said how many remain, or one could not look. */
  remaining(): number | undefined;
}

/** `afterRevert` is called once a revert has looked again: what other screens show is of the time before. */
export function createEmergency(context: Context, runs: Runs, afterRevert: () => void): Emergency {
  const { store, deps } = context;
  const scanning = createLatest(context.ended);
  let isReverting = false;

  const update = (change: (mayday: MaydayView) => Partial<MaydayView>): void =>
    store.setState(({ mayday }) => ({ mayday: { ...mayday, ...change(mayday) } }));

  function onScanUpdate(now: ScanUpdate) {
    if (now.is === 'progress') return update(() => ({ done: now.done, total: now.total }));
    if (now.is === 'blind')
      return update(({ blind }) => ({
        blind: [...blind, { resource: sanitise(now.resource), reason: sanitise(now.reason) }],
      }));
    update(({ findings }) => ({ findings: [...findings.filter(one => one.id !== now.finding.id), now.finding] }));
  }

  /** Scans until an answer comes; each attempt starts from nothing. */
  async function scan(): Promise<void> {
    const signal = scanning.begin();
    while (!signal.aborted) {
      update(() => ({ ...EMPTY_MAYDAY }));
      const end =
        context.session === undefined ? { ok: false as const, message: 'not connected yet' } : await attempt(signal);
      if (signal.aborted) return;
      if (end.ok) {
        const orders = end.orders ?? [];
        if (end.findings.length + orders.length === 0 && end.blind === 0)
          store.setState({ leftovers: { count: 0, example: '' } });
        return update(() => ({ phase: 'found', findings: end.findings, orders, message: '' }));
      }
      update(() => ({
        phase: 'unreachable',
        message: sanitise(end.message, 200),
        retryAt: context.now().monotonic + RETRY_MS,
      }));
      await deps.clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }

  async function attempt(signal: AbortSignal): Promise<ScanEnd> {
    try {
      return (await context.session?.scan(onScanUpdate, signal)) ?? { ok: false, message: 'not connected yet' };
    } catch (error) {
      return { ok: false, message: messageOf(error) };
    }
  }

  function onRevertUpdate(now: RevertUpdate) {
    if (now.is === 'latch') return update(() => ({ latch: sanitise(now.text, 300) }));
    if (now.is === 'note') return update(({ notes }) => ({ notes: [...notes, sanitise(now.text, 300)].slice(-50) }));
    if (now.is === 'stopped') return update(({ stops }) => ({ stops: new Map(stops).set(now.stop.id, now.stop) }));
    if (now.is === 'wave') {
      return update(({ findings, waves }) => {
        const known = new Set(findings.map(one => one.id));
        const next = new Map(waves);
        for (const finding of now.findings) next.set(finding.id, { wave: now.wave, name: now.name });
        return { waves: next, findings: [...findings, ...now.findings.filter(one => !known.has(one.id))] };
      });
    }
    update(({ receipts }) => ({
      receipts: new Map(receipts).set(now.receipt.id, { ...now.receipt, message: sanitise(now.receipt.message, 300) }),
    }));
  }

  async function revert(what: readonly FoundInjection[] | 'all', answer?: Answer): Promise<void> {
    const { session } = context;
    if (isReverting || !session) return;
    isReverting = true;
    const before = store.getState().mayday;
    let stopped = 0;
    let own: readonly Receipt[] = answer === undefined ? [] : verifiedOf(before);
    scanning.stop();
    try {
      const state = store.getState();
      if (what === 'all' && (state.runs.some(isUnderWay) || isSuiteRunning(state))) {
        update(() => ({ phase: 'aborting', message: 'stopping our own runs first; each puts back what it wrote' }));
        stopped = state.runs.filter(isUnderWay).length;
        own = withFindingIds((await runs.stop()).receipts, store.getState().mayday.findings);
      }
      update(() => ({
        phase: 'reverting',
        receipts: new Map(own.map(receipt => [receipt.id, receipt])),
        waves: answer === undefined ? new Map() : before.waves,
        stops: new Map(),
        end: undefined,
        asked: undefined,
        message: 'putting originals back, webhooks first; each is read again',
      }));
      const rest = await session.revert(what, onRevertUpdate, { ...answer, stopped });
      const end = {
        ...rest,
        receipts: [...own, ...rest.receipts],
        latched: isLatched(rest.latched, answer && before),
        requests: rest.requests + own.reduce((sum, one) => sum + one.requests, 0),
      };
      update(() => ({ phase: 'done', end }));
      store.setState({ leftovers: { count: 0, example: '' } });
      noteEnd(context, end);
      afterRevert();
    } catch (error) {
      const message = wordsOf(error);
      update(() => ({ phase: 'unreachable', message, retryAt: context.now().monotonic + RETRY_MS }));
      notify(context, `revert failed: ${message}; ! tries again`, 'bad', 30_000);
    } finally {
      isReverting = false;
    }
    await (answer === undefined ? ask() : askChoices(answer));
    // Whatever stopped the revert, scan again, so that the screen is right when the cluster answers again.
    if (store.getState().mayday.phase === 'unreachable') void scan();
  }

  /** Asks about what was left because only its record asks for it; where there is none, about what a person must choose. */
  async function ask(): Promise<void> {
    const { findings, receipts, phase } = store.getState().mayday;
    if (phase !== 'done') return;
    const left = findings.filter(({ id }) => receipts.get(id)?.outcome === 'unconfirmed');
    const records = left.length === 0 ? [] : ((await attemptQuietly(async () => context.session?.toAsk(left))) ?? []);
    if (records.length === 0) return askChoices();
    put({ is: 'records', records, typed: '' });
  }

  /** Asks about what a person must choose; not about what was chosen just now, which would be asked for ever. */
  async function askChoices(answered?: Answer): Promise<void> {
    const records = (await choicesLeft()).filter(({ finding }) => answered?.choices.has(finding.id) !== true);
    if (records.length > 0) put({ is: 'choices', records, typed: '' });
  }

  async function choicesLeft(): Promise<readonly Undecided[]> {
    const { findings, receipts } = store.getState().mayday;
    const left = findings.filter(finding => needsChoice(finding, receipts.get(finding.id)));
    return left.length === 0 ? [] : ((await attemptQuietly(async () => context.session?.toChoose(left))) ?? []);
  }

  function put(asked: Question): void {
    if (store.getState().mayday.phase === 'done') update(() => ({ asked, top: 0 }));
  }

  /** Takes what was typed for the answer. */
  async function answer(): Promise<void> {
    const { asked, findings, receipts } = store.getState().mayday;
    if (asked === undefined) return;
    const meant = answerOf(asked);
    if ('wrong' in meant) return;
    if (meant.confirmed.size + meant.choices.size === 0) return update(() => ({ asked: undefined }));
    if (asked.is === 'choices' && !(await isAsShown(asked))) return;
    // What was left out, and what failed before, is tried with them: how many remain is about all of it.
    const open = findings.filter(({ id, state }) => state !== 'foreign' && receipts.get(id)?.verified !== true);
    await revert(open, meant);
  }

  /** Whether what is to be chosen still is as it was read; where it is not, it is shown anew. */
  async function isAsShown({ records }: Extract<Question, { is: 'choices' }>): Promise<boolean> {
    const textOf = (some: readonly Undecided[]): string =>
      JSON.stringify(some.map(({ digest, lines }) => [digest, lines]));
    const now = await choicesLeft();
    if (textOf(now) === textOf(records)) return true;
    put({ is: 'choices', records: now, typed: '' });
    notify(context, 'this changed since you read it: nothing was written; read it again', 'warn', 30_000);
    return false;
  }

  async function recountLeftovers(): Promise<void> {
    const { session } = context;
    if (!session) return;
    const journals = await attemptQuietly(() => session.unfinished());
    const end = await attemptQuietly(() => session.scan(() => undefined, context.ended));
    const left = leftoversOf(end?.ok ? end.findings : [], journals ?? [], context.now().server);
    // What could not be read takes nothing back.
    const isRead = journals !== undefined && end?.ok === true && end.blind === 0;
    if (left.count > 0 || isRead) store.setState({ leftovers: left });
  }

  return {
    ask,
    type: text => update(({ asked }) => ({ asked: asked && { ...asked, typed: (asked.typed + text).slice(0, 80) } })),
    erase: () => update(({ asked }) => ({ asked: asked && { ...asked, typed: asked.typed.slice(0, -1) } })),
    putOff() {
      const { asked } = store.getState().mayday;
      update(() => ({ asked: undefined, top: 0 }));
      // What a person must choose is the next question.
      if (asked?.is === 'records') void askChoices();
      return asked !== undefined;
    },
    open() {
      open(context, 'mayday');
      if (!isReverting) void scan();
    },
    rescan() {
      if (!isReverting) void scan();
    },
    async revertAll() {
      if (store.getState().mayday.asked) {
        const unanswered = answerLock(store.getState());
        return unanswered === undefined ? answer() : notify(context, `!: ${unanswered}`, 'warn');
      }
      const why = revertAllLock(store.getState());
      if (why !== undefined) return notify(context, why, 'warn');
      await revert('all');
    },
    async revertOne() {
      const fault = chosenFault(store.getState(), context.now());
      const why = revertOneLock(store.getState(), context.now());
      store.setState(({ screens }) => ({ screens: screens.includes('faults') ? ['deck', 'faults'] : ['deck'] }));
      if (!fault || why !== undefined) return notify(context, why ?? 'this fault is gone', 'warn');
      if (fault.is === 'run') {
        const { residue } = await runs.stop(fault.run.key);
        return notify(
          context,
          residue === 0 ? 'stopped; everything it wrote is back' : `${residue} not restored: ! finds them`,
          residue === 0 ? 'ok' : 'bad',
        );
      }
      open(context, 'mayday');
      await scan();
      const object = faultTarget(fault);
      const mine = store.getState().mayday.findings.filter(one => sameName(one.object, object));
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
    scroll(by) {
      update(({ top }) => ({ top: Math.max(0, top + by) }));
    },
    recountLeftovers,
    async countLeftovers() {
      const { session } = context;
      if (!session) return;
      await recountLeftovers();
      const { server } = context.now();
      const lines = (await attemptQuietly(() => session.guardians())) ?? [];
      stream(
        context,
        lines.map(text => ({ at: server, text: `guardian    ${text}`, tone: 'plain' })),
      );
    },
    remaining: () => store.getState().mayday.end?.remaining,
  };
}

function noteEnd(context: Context, { remaining, receipts }: RevertEnd): void {
  const left = remaining === undefined ? 'how many remain is unknown' : `${remaining} remain`;
  const verified = receipts.filter(receipt => receipt.verified).length;
  const tone = remaining === 0 ? 'ok' : 'bad';
  stream(context, [{ at: context.now().server, text: `MAYDAY  ${verified} verified, ${left}`, tone }]);
}

const wordsOf = (error: unknown): string => sanitise(messageOf(error), 200);

/** What a first pass proved; the second, with a person's word, is about the rest. */
const verifiedOf = ({ receipts }: MaydayView): readonly Receipt[] =>
  [...receipts.values()].filter(({ verified }) => verified);

const isLatched = (now: boolean, before: MaydayView | undefined): boolean => now || before?.end?.latched === true;

/** The receipts of our own runs under the ids that the scan uses, so that each finding shows its outcome. */
export function withFindingIds(receipts: readonly Receipt[], findings: readonly FoundInjection[]): Receipt[] {
  return receipts.map(receipt => ({
    ...receipt,
    id: findings.find(one => sameName(one.object, receipt.object))?.id ?? receipt.id,
  }));
}

/**
 * Findings past their deadline, and those of runs that never ended; if the journals know more than the scan found,
 * their number counts.
 */
export function leftoversOf(
  findings: readonly FoundInjection[],
  journals: readonly Unfinished[],
  serverNow: number,
): Leftovers {
  const open = journals.filter(journal => journal.open > 0);
  const dead = new Set(open.map(journal => journal.run));
  const left = findings.filter(
    one =>
      one.state !== 'foreign' &&
      ((one.expiresAt ?? serverNow) < serverNow || (one.run !== undefined && dead.has(one.run))),
  );
  const name = left[0]?.experiment ?? open[0]?.experiment ?? left[0]?.type ?? '';
  return {
    count: Math.max(
      left.length,
      open.reduce((sum, one) => sum + one.open, 0),
    ),
    example: sanitise(name, 60),
  };
}

async function attemptQuietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

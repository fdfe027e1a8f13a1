import type { FoundInjection } from '../../../injection/found-injection.ts';
import { isRestored, type Receipt } from '../../../injection/write/receipt.ts';
import { sameName } from '../../../k8s/object-ref.ts';
import { type Context, notify, stream } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import type { RevertEnd } from '../../session/revert.ts';
import type { Pane } from '../../store/pane.ts';
import { isUnderWay } from '../../store/select.ts';
import type { MaydayView } from '../../store/state.ts';
import { isSuiteRunning } from '../suite/view.ts';
import { wordsOf } from './attempt.ts';
import type { Answer } from './question.ts';
import { RETRY_MS } from './scanning.ts';
import { afterRevertUpdate } from './updates.ts';

/** The revert that the emergency screen shows; one at a time. */
export interface Reverting {
  readonly isUnderWay: boolean;
  /** Reverts; in a second pass with a person's answer. Resolves with whether it ended normally. */
  revert(what: readonly FoundInjection[] | 'all', answer?: Answer): Promise<boolean>;
}

export function createReverting(context: Context, runs: Runs, { view, update }: Pane<MaydayView>): Reverting {
  const { store } = context;
  let isReverting = false;

  /** Our own runs revert what they wrote, before anything else is reverted. */
  async function stopOwn(): Promise<{ stopped: number; own?: readonly Receipt[] }> {
    const state = store.getState();
    if (!state.runs.some(isUnderWay) && !isSuiteRunning(state)) return { stopped: 0 };
    update({ phase: 'aborting', message: 'stopping the runs of this console first; each reverts its fault' });
    const stopped = state.runs.filter(isUnderWay).length;
    return { stopped, own: withFindingIds((await runs.stop()).receipts, view().findings) };
  }

  async function revert(what: readonly FoundInjection[] | 'all', answer: Answer | undefined): Promise<void> {
    const { session } = context;
    if (!session) return;
    const before = view();
    const { stopped, own = answer === undefined ? [] : verifiedOf(before) } =
      what === 'all' ? await stopOwn() : { stopped: 0 };
    update({
      phase: 'reverting',
      // A revert of everything that follows another one is about what that one left.
      findings: answer === undefined ? before.findings.filter(({ id }) => !isVerified(before, id)) : before.findings,
      receipts: new Map(own.map(receipt => [receipt.id, receipt])),
      waves: answer === undefined ? new Map() : before.waves,
      stops: new Map(),
      end: undefined,
      asked: undefined,
      // What the second scan cannot read follows at its end.
      blind: [],
      message: 'restoring originals, webhooks first; each is read again',
    });
    const onUpdate: Parameters<typeof session.revert>[1] = now => update(mayday => afterRevertUpdate(mayday, now));
    const rest = await session.revert(what, onUpdate, { ...answer, stopped });
    const end = {
      ...rest,
      receipts: [...own, ...rest.receipts],
      latched: isLatched(rest.latched, answer && before),
      requests: rest.requests + own.reduce((sum, one) => sum + one.requests, 0),
    };
    update({ phase: 'done', end, unmarked: end.unmarked ?? [] });
    store.setState({ leftovers: { count: 0, example: '' } });
    noteEnd(context, end);
  }

  return {
    get isUnderWay() {
      return isReverting;
    },
    async revert(what, answer) {
      isReverting = true;
      try {
        await revert(what, answer);
        return true;
      } catch (error) {
        const message = wordsOf(error);
        update({ phase: 'unreachable', message, retryAt: context.now().monotonic + RETRY_MS });
        notify(context, `revert failed: ${message}`, 'bad', 30_000);
        return false;
      } finally {
        isReverting = false;
      }
    },
  };
}

function noteEnd(context: Context, { remaining, receipts }: RevertEnd): void {
  const left = remaining === undefined ? 'how many remain is unknown' : `${remaining} remain`;
  const verified = receipts.filter(isRestored).length;
  const tone = remaining === 0 ? 'ok' : 'bad';
  stream(context, [{ at: context.now().server, text: `MAYDAY  ${verified} verified, ${left}`, tone }]);
}

const isVerified = ({ receipts }: MaydayView, id: string): boolean => receipts.get(id)?.verified === true;

/** The receipts that the first pass verified; the second pass, with a person's answers, is about the rest. */
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

import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { Context } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import type { ScanEnd, ScanUpdate } from '../../session/scan.ts';
import type { Pane } from '../../store/pane.ts';
import { EMPTY_MAYDAY, type MaydayView } from '../../store/state.ts';
import { afterScanUpdate } from './updates.ts';

/** The pause between attempts while the cluster does not answer, milliseconds. */
export const RETRY_MS = 2_000;
/** The same while the connection is still being made. */
const CONNECTING_MS = 100;

/** The scan that the emergency screen shows. */
export interface Scanning {
  /** Scans until an answer comes; each attempt starts from nothing. A later one, or `stop`, ends it. */
  scan(): Promise<void>;
  stop(): void;
}

export function createScanning(context: Context, { update }: Pane<MaydayView>): Scanning {
  const { store, deps } = context;
  const scanning = createLatest(context.ended);

  async function attempt(signal: AbortSignal): Promise<ScanEnd> {
    const { session } = context;
    if (session === undefined) return { ok: false, message: 'not connected yet' };
    try {
      // An aborted scan reports as blind what it did not get to read; that says nothing about the cluster.
      const onUpdate = (now: ScanUpdate) => {
        if (!signal.aborted) update(mayday => afterScanUpdate(mayday, now));
      };
      return await session.scan(onUpdate, signal);
    } catch (error) {
      return { ok: false, message: messageOf(error) };
    }
  }

  return {
    async scan() {
      const signal = scanning.begin();
      while (!signal.aborted) {
        update(({ isQueued }) => ({ ...EMPTY_MAYDAY, isQueued }));
        const end = await attempt(signal);
        if (signal.aborted) return;
        if (end.ok) {
          const orders = end.orders ?? [];
          const unmarked = end.unmarked ?? [];
          if (end.findings.length + orders.length + unmarked.length === 0 && end.blind === 0)
            store.setState({ leftovers: { count: 0, example: '' } });
          return update({ phase: 'found', findings: end.findings, orders, unmarked, message: '' });
        }
        const pause = context.session === undefined ? CONNECTING_MS : RETRY_MS;
        update({
          phase: 'unreachable',
          message: sanitise(end.message, 200),
          retryAt: context.now().monotonic + pause,
        });
        await deps.clock.sleep(pause, signal).catch(() => undefined);
      }
    },
    stop: scanning.stop,
  };
}

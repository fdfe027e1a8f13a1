import { sanitise } from '../../../text/sanitise.ts';
import type { RevertUpdate } from '../../session/revert.ts';
import type { ScanUpdate } from '../../session/scan.ts';
import type { MaydayView } from '../../store/state.ts';

const MOST_NOTES = 50;
/** Long enough for a refusal of the API server and what to ask for. */
const LONGEST_MESSAGE = 2_000;

/** What a scan that is under way changes on the screen. */
export function afterScanUpdate(mayday: MaydayView, now: ScanUpdate): Partial<MaydayView> {
  const { findings } = mayday;
  switch (now.is) {
    case 'progress':
      return { done: now.done, total: now.total };
    case 'blind':
      return withBlind(mayday, now);
    default:
      return { findings: [...findings.filter(one => one.id !== now.finding.id), now.finding] };
  }
}

/** What a revert that is under way changes on the screen. */
export function afterRevertUpdate(mayday: MaydayView, now: RevertUpdate): Partial<MaydayView> {
  switch (now.is) {
    case 'latch':
      return { latch: sanitise(now.text, 300) };
    case 'note':
      return { notes: [...mayday.notes, sanitise(now.text, 300)].slice(-MOST_NOTES) };
    case 'blind':
      return withBlind(mayday, now);
    case 'stopped':
      return { stops: new Map(mayday.stops).set(now.stop.id, now.stop) };
    case 'wave':
      return withWave(mayday, now);
    default: {
      const { receipt } = now;
      return {
        receipts: new Map(mayday.receipts).set(receipt.id, {
          ...receipt,
          message: sanitise(receipt.message, LONGEST_MESSAGE),
        }),
      };
    }
  }
}

const withBlind = ({ blind }: MaydayView, { resource, reason }: Extract<ScanUpdate, { is: 'blind' }>) => ({
  blind: [...blind, { resource: sanitise(resource), reason: sanitise(reason) }],
});

function withWave(
  { findings, waves }: MaydayView,
  { wave, name, findings: some }: Extract<RevertUpdate, { is: 'wave' }>,
): Partial<MaydayView> {
  const known = new Set(findings.map(one => one.id));
  const next = new Map(waves);
  for (const finding of some) next.set(finding.id, { wave, name });
  return { waves: next, findings: [...findings, ...some.filter(one => !known.has(one.id))] };
}

import { type DayRecord, readDay } from '../../../src/gameday/journal/read-day.ts';
import type { Ended } from '../providers/kubectl.ts';
import { eventsIn } from './mayday.ts';

/** The bare control plane has neither nodes nor all parts of an operator: its owner answers for what triage says of that. */
export const DESPITE = Array.from({ length: 10 }, (_, gate) => ['--despite', `triage G${gate}`]).flat();

/** The day that `gameday run -o jsonl` printed. */
export const dayIn = ({ stdout }: Pick<Ended, 'stdout'>): DayRecord =>
  readDay(eventsIn(stdout).map(({ at, ...rest }) => JSON.stringify({ ...rest, at: Date.parse(String(at)) })));

/** Whether a line says that the fault of this scenario is in. */
export const injectedIn =
  (scenario: string) =>
  (said: object): boolean =>
    (said as { scenario?: string }).scenario === scenario &&
    (said as { event?: { event?: string } }).event?.event === 'injected';

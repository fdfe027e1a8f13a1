import { counted } from '../../text/counted.ts';
import type { GateId, GateStatus } from '../gates.ts';
import { followText } from '../report/about.ts';
import { isFailure } from '../run/gate-run.ts';
import type { Root } from './chain.ts';
import type { Triage } from './result.ts';

/** The triage of a whole cluster, for a single line. */
export interface TriageSummary {
  status: GateStatus;
  /** Root causes that are broken now, and root causes that are only warnings. */
  failing: number;
  warning: number;
  /** Findings that follow from them. */
  follows: number;
  /** The first root cause that is broken. */
  worst?: Root;
  /** Gates that could not see everything. */
  blind: GateId[];
}

/** FAIL outranks BLIND, and BLIND outranks WARN and PASS, as in each gate. */
export function triageSummary({ roots, gates }: Triage): TriageSummary {
  const broken = roots.filter(({ finding }) => isFailure(finding.severity));
  const watched = roots.filter(({ finding }) => finding.severity === 'warn');
  const blind = gates.filter(gate => gate.blind.length > 0).map(({ id }) => id);
  const [worst] = broken;
  return {
    status: broken.length > 0 ? 'FAIL' : blind.length > 0 ? 'BLIND' : watched.length > 0 ? 'WARN' : 'PASS',
    failing: broken.length,
    warning: watched.length,
    follows: [...broken, ...watched].reduce((sum, { follows }) => sum + follows.length, 0),
    ...(worst && { worst }),
    blind,
  };
}

/** `3 root causes, 5 follow`; it also says what is not known. */
export function triageSummaryLine({ failing, warning, follows, blind }: TriageSummary): string {
  const parts = [
    failing > 0 && counted(failing, 'root cause'),
    warning > 0 && `${warning} to watch`,
    follows > 0 && followText(follows),
    blind.length > 0 && `BLIND in ${blind.join(' ')}`,
  ].filter(part => part !== false);
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}

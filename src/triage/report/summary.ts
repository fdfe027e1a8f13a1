import { lastedText } from '../../health/trouble.ts';
import { type Glyphs, STATE_WORDS, type State } from '../../text/glyphs.ts';
import type { Clean } from '../../text/sanitise.ts';
import type { Triage } from '../finding/result.ts';
import { triageSummary, triageSummaryLine } from '../finding/summary.ts';
import type { GateStatus } from '../gates.ts';
import { type About, nameText } from './about.ts';
import { rootJson } from './json.ts';

/** Why there is no triage. */
export interface NotTriaged {
  reason: Clean;
}

/** The summary of triage in the JSON of `mayday status`. `worst` is the root cause to begin with. */
export function triageSummaryJson(triage: Triage | NotTriaged) {
  if ('reason' in triage) return { status: 'BLIND', reason: triage.reason };
  const { status, failing, warning, follows, worst, blind } = triageSummary(triage);
  if (worst === undefined) return { status, failing, warning, follows, blind };
  const { id, rule, severity, object, summary, since, sinceExact, gate } = rootJson(worst) as ReturnType<
    typeof rootJson
  > & { since?: string; sinceExact?: boolean };
  const when = since === undefined ? {} : { since, sinceExact };
  return { status, failing, warning, follows, worst: { id, gate, rule, severity, object, summary, ...when }, blind };
}

const STATES: Readonly<Record<GateStatus, State>> = { PASS: 'ok', WARN: 'warn', FAIL: 'fail', BLIND: 'blind' };

/** The same as the first lines of the text of `mayday status`. */
export function triageSummaryText(triage: Triage | NotTriaged, { now }: About, glyphs: Glyphs): string[] {
  const row = (state: State, words: string) =>
    `${glyphs.states[state]} ${STATE_WORDS[state].padEnd(5)} ${'triage'.padEnd(12)} ${''.padStart(7)}  ${words}`;
  if ('reason' in triage) return [row('blind', triage.reason)];
  const standing = triageSummary(triage);
  const head = row(STATES[standing.status], triageSummaryLine(standing));
  if (standing.worst === undefined) return [head];
  const { finding, gate } = standing.worst;
  const since = finding.since === undefined ? '' : `  ${lastedText(finding.since, now)}`;
  return [
    head,
    `          ${gate} ${nameText(finding.object)}  ${finding.summary}${since}`,
    '          mayday triage explains why, and what to do',
  ];
}

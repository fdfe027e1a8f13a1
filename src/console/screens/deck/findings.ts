import type { State } from '../../../text/glyphs.ts';
import { width } from '../../../text/width.ts';
import { triageSummary, triageSummaryLine } from '../../../triage/finding/summary.ts';
import type { GateStatus } from '../../../triage/gates.ts';
import { ends, type Line, line, span, type Tone } from '../../widgets/line.ts';
import { namedIn } from '../../widgets/object-name.ts';
import type { View } from '../../widgets/view.ts';
import type { TriageView } from '../triage/view.ts';
import { sinceText } from './since.ts';

const LOOKS: Readonly<Record<GateStatus, { state: State; tone: Tone }>> = {
  PASS: { state: 'ok', tone: 'ok' },
  WARN: { state: 'warn', tone: 'warn' },
  FAIL: { state: 'fail', tone: 'bad' },
  BLIND: { state: 'blind', tone: 'warn' },
};

const NAME = 'triage   ';
const INDENT = '    ';
const SHORTEST_SUMMARY = 14;

/**
 * The result of triage for the whole cluster: the number of findings, and the first root cause. Until triage has run,
 * it says so.
 */
export function findingLines({ phase, result, message }: TriageView, view: View, columns: number): Line[] {
  const { glyphs } = view;
  if (result === undefined) {
    const failed = phase === 'failed';
    const glyph = failed ? span(glyphs.states.blind, 'warn') : span(glyphs.states.wait, 'dim');
    return [line(glyph, ' ', NAME, ' ', failed ? span(`BLIND ${message}`, 'warn') : span('looking', 'dim'))];
  }
  const standing = triageSummary(result);
  const looks = LOOKS[standing.status];
  const words = span(triageSummaryLine(standing), looks.tone);
  const head = line(span(glyphs.states[looks.state], looks.tone), ' ', NAME, ' ', words);
  if (standing.worst === undefined) return [head];
  const { finding, gate } = standing.worst;
  const since = finding.since === undefined ? '' : sinceText(finding.since, view, columns);
  const room = Math.max(0, columns - INDENT.length - gate.length - since.length - 2);
  const name = namedIn(finding.object, room);
  // The summary is shown only where there is room for a few words.
  const isRoomy = room - width(name) >= SHORTEST_SUMMARY;
  const worst = line(
    INDENT,
    span(`${gate} `, 'dim'),
    span(name, isRoomy ? 'plain' : 'bad'),
    isRoomy && span(`  ${finding.summary}`, 'bad'),
  );
  return [head, ends(worst, line(span(since, 'dim')), columns)];
}

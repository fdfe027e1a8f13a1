import { lastedText } from '../../../health/trouble.ts';
import type { State } from '../../../text/glyphs.ts';
import { width } from '../../../text/width.ts';
import { breakAnywhere, wrap } from '../../../text/wrap.ts';
import type { Finding, Severity } from '../../../triage/finding/finding.ts';
import { GATES, type GateStatus } from '../../../triage/gates.ts';
import { followText, nameText } from '../../../triage/report/about.ts';
import { settlingText } from '../../../triage/report/text.ts';
import type { GateResult } from '../../../triage/run/gate-run.ts';
import type { ConsoleState } from '../../store/state.ts';
import { ends, itemLine, type Line, line, type Span, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { namedIn } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { justDone } from '../fix/view.ts';
import { chosenEntry, type Entry, triageEntries } from './view.ts';

const GATE_LOOKS: Readonly<Record<GateStatus, { state: State; tone: Tone }>> = {
  PASS: { state: 'ok', tone: 'ok' },
  WARN: { state: 'warn', tone: 'warn' },
  FAIL: { state: 'fail', tone: 'bad' },
  BLIND: { state: 'blind', tone: 'warn' },
};

/** All gates in order, as many to a row as fit. Gates without a result say so; those after a failed one are dim. */
export function gateLines({ triage }: ConsoleState, view: View, columns: number): Line[] {
  const known = new Map(triage.gates.map(gate => [gate.id, gate]));
  const cells = GATES.map(({ id, name }) => gateSpans(id, name, known.get(id), view));
  const lines: Line[] = [];
  let row: Span[] = [];
  let used = 0;
  for (const spans of cells) {
    const wide = spans.reduce((sum, { text }) => sum + width(text), 0);
    if (used > 0 && used + GAP.length + wide > columns) {
      lines.push(line(...row));
      [row, used] = [[], 0];
    }
    const gap = used === 0 ? '' : GAP;
    row.push(span(gap), ...spans);
    used += gap.length + wide;
  }
  return [...lines, line(...row)];
}

const GAP = '   ';

function gateSpans(id: string, name: string, gate: GateResult | undefined, { glyphs }: View): Span[] {
  if (!gate) return [span(`${glyphs.states.wait} ${id} ${name}`, 'dim')];
  const { state, tone } = GATE_LOOKS[gate.status];
  const words = gate.status === 'PASS' ? '' : ` ${gate.status}`;
  return [span(`${glyphs.states[state]} ${id} ${name}${words}`, gate.after === undefined ? tone : 'dim')];
}

const SEVERITIES: Readonly<Record<Severity, { state: State; word: string; tone: Tone }>> = {
  critical: { state: 'fail', word: 'CRITICAL', tone: 'bad' },
  high: { state: 'fail', word: 'FAIL', tone: 'bad' },
  warn: { state: 'warn', word: 'warn', tone: 'warn' },
  info: { state: 'ok', word: 'info', tone: 'dim' },
};

/** The root causes, one row each, the cursor kept in sight. */
export function rootLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const entries = triageEntries(state);
  const head = rule('ROOT CAUSES', columns, view, headText(state, entries, view), true);
  if (entries.length === 0) return [head, line(span(`  ${emptyText(state)}`, 'dim'))];
  const at = Math.max(0, entries.indexOf(entries.find(({ key }) => key === chosenEntry(state)?.key) as Entry));
  const { first, last } = windowOf(entries.length, at, rows - 1);
  return [
    head,
    ...entries
      .slice(first, last)
      .map((entry, i) => itemLine(rootRow(entry, first + i === at, view, columns), 'roots', entry.key)),
  ];
}

function headText({ triage }: ConsoleState, entries: readonly Entry[], { now }: View): string {
  if (triage.phase === 'looking') return `looking: ${triage.gates.length} of ${GATES.length} gates`;
  const old = triage.at === undefined ? '' : `, ${Math.max(0, Math.round((now.server - triage.at) / 1000))}s ago`;
  return triage.phase === 'failed' ? `not looked: ${triage.message}` : `${entries.length}${old}`;
}

/** An empty list is a claim only where all could be read. */
function emptyText({ triage }: ConsoleState): string {
  if (triage.phase === 'failed') return `the cluster could not be read: ${triage.message}`;
  if (triage.result === undefined) return 'checking what is broken…';
  const blind = triage.result.gates.filter(gate => gate.blind.length > 0).map(({ id }) => id);
  const what =
    blind.length === 0 ? 'nothing is broken' : `nothing broken in what could be read; BLIND in ${blind.join(', ')}`;
  return [what, settlingText(triage.result)].filter(Boolean).join('; ');
}

function rootRow({ root, like }: Entry, isChosen: boolean, view: View, columns: number): Line {
  const { finding, follows } = root;
  const { state, word, tone } = SEVERITIES[finding.severity];
  const since = finding.since === undefined ? '' : lastedText(finding.since, view.now.server);
  const more = [
    like.length > 0 ? `+${like.length} alike` : '',
    follows.length > 0 ? followText(follows.length) : '',
  ].filter(Boolean);
  const right = line(span([...more, since].join('  '), 'dim'));
  const name = namedIn(finding.object, Math.max(20, Math.floor(columns * 0.5)));
  const left = line(
    isChosen ? view.glyphs.cursor : ' ',
    span(`${view.glyphs.states[state]} ${word.padEnd(8)} `, tone),
    span(name, 'title'),
    `  ${finding.summary}`,
  );
  const row = ends(left, right, columns);
  return isChosen ? select(row) : row;
}

/** All that is known of the chosen root cause: what, why, the fields that show it, the fixes, what follows from it. */
export function detailLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const entry = chosenEntry(state);
  if (!entry) return [rule('WHY', columns, view)];
  const just = justDone(state.fix, entry.root.finding.object, view.now.server);
  const done = just === undefined ? [] : labelled('done', just, columns - 2, 'ok');
  const all = [...done, ...detail(entry, view, columns - 2)];
  const room = Math.max(0, rows - 1);
  const top = Math.max(0, Math.min(state.triage.top, all.length - room));
  const below = all.length - top - room;
  const note = below > 0 ? `${below} more rows: ]` : top > 0 ? 'back up: [' : '';
  const name = namedIn(entry.root.finding.object, columns - width(note) - 'WHY '.length - 2);
  return [rule(`WHY ${name}`, columns, view, note), ...all.slice(top, top + room)];
}

function detail({ root, like }: Entry, { glyphs }: View, columns: number): Line[] {
  const { finding, follows, gate } = root;
  return [
    ...paragraph(finding.summary, columns, 'title'),
    ...(finding.cause === undefined ? [] : labelled('cause', finding.cause, columns, 'warn')),
    ...finding.fixes.flatMap(fix => fixLines(fix, columns)),
    ...finding.evidence.flatMap((text, i) => labelled(i === 0 ? 'seen' : '', text, columns, 'dim')),
    ...(like.length === 0
      ? []
      : labelled('alike', like.map(one => nameText(one.finding.object)).join(', '), columns, 'plain')),
    ...(follows.length === 0
      ? []
      : [
          line(span(`  ${followText(follows.length)} from it`, 'title')),
          ...follows.flatMap(({ finding: one }) =>
            labelled(glyphs.arrow, `${nameText(one.object)}: ${one.summary}`, columns, 'plain', 4),
          ),
        ]),
    line(span(`  ${finding.rule}  ${gate}   mayday explain ${finding.rule}`, 'dim')),
  ];
}

function fixLines({ text, command, safe }: Finding['fixes'][number], columns: number): Line[] {
  return [
    ...labelled('fix', `${text}${safe ? '' : ' (cannot be undone)'}`, columns, safe ? 'ok' : 'warn'),
    ...(command === undefined ? [] : whole('$', command, columns)),
  ];
}

const paragraph = (text: string, columns: number, tone: Tone): Line[] =>
  wrap(text, columns - 2).map(part => line('  ', span(part, tone)));

const LABEL = 8;

/** A command to copy: nothing of it is cut. */
const whole = (word: string, text: string, columns: number): Line[] =>
  breakAnywhere(text, columns - LABEL - 2).map((part, i) =>
    line(span(`  ${(i === 0 ? word : '').padEnd(LABEL)}`, 'dim'), span(part, 'accent')),
  );

/** A word, and a text that hangs behind it. */
function labelled(word: string, text: string, columns: number, tone: Tone, label = LABEL): Line[] {
  return wrap(text, columns - label - 2).map((part, i) =>
    line(span(`  ${(i === 0 ? word : '').padEnd(label)}`, 'dim'), span(part, tone)),
  );
}

import { counted } from '../../../text/counted.ts';
import { age, clockText } from '../../../text/duration.ts';
import { width } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import { triageSummaryLine } from '../../../triage/finding/summary.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, cell, itemLine, type Line, line, type Span, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { chosenCluster, type FleetRow } from './view.ts';

/** The table of clusters: reach, faults, the next end, what remains, the worst finding. */
export function fleetTable(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { fleet } = state;
  const head = [rule('FLEET', columns, view, headText(state), true)];
  if (fleet.message !== '') return [...head, line(span(`  ${fleet.message}`, 'warn'))];
  if (fleet.rows.length === 0) return [...head, line(span('  reading the contexts of the kubeconfig…', 'dim'))];
  const at = fleet.rows.findIndex(({ name }) => name === chosenCluster(state)?.name);
  const longest = Math.max(0, ...fleet.rows.map(row => width(nameText(row))));
  const names = Math.max(12, Math.min(30, Math.floor(columns * 0.25), longest));
  const whole = wholeLines(fleet.rows[at], view, columns, roomFor(columns, names));
  const { first, last } = windowOf(fleet.rows.length, at, rows - 2 - whole.length);
  const title = `     ${cell('cluster', names)} ${cell('faults', FAULTS)} ${cell('next end', 9)} ${cell('remain', 7)} what is broken`;
  return [
    ...head,
    line(span(title, 'dim')),
    ...fleet.rows.slice(first, last).map((row, i) => {
      const made = rowLine(row, fleet.marked.has(row.name), first + i === at, view, { columns, names });
      return itemLine(first + i === at ? select(made) : made, 'fleet', row.name);
    }),
    ...whole,
  ];
}

/** The room for what is broken, beside the other columns. */
const roomFor = (columns: number, names: number): number => Math.max(0, columns - names - FAULTS - 25);

/** The words of the row under the cursor in full, where its own row cuts them. */
function wholeLines(row: FleetRow | undefined, { now }: View, columns: number, room: number): Line[] {
  if (row === undefined) return [];
  const { text, tone } = words(row, now.server);
  if (width(text) <= room) return [];
  return [BLANK, ...wrap(`${row.name}: ${text}`, columns - 4).map(part => line('  ', span(part, tone)))];
}

/** Wide enough for `27, 1 late`. */
const FAULTS = 10;

const nameText = ({ name, isProtected }: FleetRow): string => (isProtected === true ? `${name} PROTECTED` : name);

function headText({ fleet }: ConsoleState): string {
  const silent = fleet.rows.filter(({ phase }) => phase === 'unreachable').length;
  const words = [counted(fleet.rows.length, 'cluster')];
  if (silent > 0) words.push(`${silent} unreachable`);
  if (fleet.marked.size > 0) words.push(`${fleet.marked.size} marked`);
  return words.join(', ');
}

function rowLine(
  row: FleetRow,
  isMarked: boolean,
  isChosen: boolean,
  { glyphs, now }: View,
  { columns, names }: { columns: number; names: number },
): Line {
  const room = roomFor(columns, names);
  const { faults, overdue = 0, nextEnd, remaining } = row;
  const count = faults === undefined ? '-' : overdue > 0 ? `${faults}, ${overdue} late` : String(faults);
  const end = nextEnd === undefined ? '-' : clockText(nextEnd - now.server, 'countdown');
  const said = words(row, now.server);
  const left = remaining === undefined ? '-' : remaining === 'unknown' ? '?' : String(remaining);
  return line(
    isChosen ? glyphs.cursor : ' ',
    span(isMarked ? '*' : ' ', 'key'),
    ' ',
    state(row, glyphs),
    span(cell(nameText(row), names, 'left', 'middle')),
    ' ',
    span(cell(count, FAULTS), overdue > 0 ? 'bad' : (faults ?? 0) > 0 ? 'chaos' : 'plain'),
    ' ',
    span(cell(end, 9)),
    ' ',
    span(cell(left, 7), remaining === 0 || remaining === undefined ? 'plain' : 'bad'),
    ' ',
    span(cell(said.text, room), said.tone),
  );
}

const STATES = { PASS: ['ok', 'ok'], WARN: ['warn', 'warn'], FAIL: ['fail', 'bad'], BLIND: ['blind', 'warn'] } as const;

/** Well only where both the scan and triage read everything and found nothing. */
function state({ phase, faults = 0, blind = 0, standing }: FleetRow, { states }: View['glyphs']): Span {
  if (phase === 'unreachable') return span(`${states.blind} `, 'bad');
  if (phase !== 'seen') return span(`${states.wait} `, 'dim');
  if (faults > 0) return span(`${states.fail} `, 'bad');
  const isUnread = blind > 0 && standing?.status !== 'FAIL';
  const [glyph, tone] = STATES[isUnread ? 'BLIND' : (standing?.status ?? 'BLIND')];
  return span(`${states[glyph]} `, tone);
}

/** What is known of the cluster, in one phrase. */
function words(
  { phase, message, word = 'UNREACHABLE', standing, blind = 0, at, remaining = 0, left = '' }: FleetRow,
  now: number,
): { text: string; tone: Tone } {
  if (phase === 'unreachable') return { text: `${word} ${message}`, tone: 'bad' };
  if (phase === 'reverting') return { text: message === '' ? 'reverting…' : message, tone: 'warn' };
  if (phase !== 'seen')
    return { text: at === undefined ? `${phase}…` : `looking again, last ${age(now - at)} ago`, tone: 'dim' };
  // What a revert could not restore comes first: the emergency screen of that cluster has each with its reason.
  if (remaining !== 0)
    return { text: `${left === '' ? 'NOT ALL REVERTED' : left}: enter opens it, then ! shows each`, tone: 'bad' };
  const unread = blind > 0 ? `scan BLIND to ${counted(blind, 'kind')}  ` : '';
  const worst = standing?.worst?.finding;
  const found = standing === undefined ? `triage failed: ${message}` : triageSummaryLine(standing);
  const first = worst === undefined ? '' : `${worst.rule}: ${worst.summary}, `;
  return { text: `${unread}${first}${found}`, tone: blind === 0 && standing?.status === 'PASS' ? 'plain' : 'warn' };
}

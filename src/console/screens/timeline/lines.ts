import { counted } from '../../../text/counted.ts';
import { age, measured } from '../../../text/duration.ts';
import { wrapWhole } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, ends, itemLine, type Line, line, type Span, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import { timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import type { Size } from '../screen.ts';
import { chosenLane, chosenMark, lanesOf } from './lanes.ts';
import { type Lane, SIGNS } from './view.ts';

/** Rows of one lane: its name, and its track. */
const HEIGHT = 2;
const MARGIN = 2;

const TONES: Readonly<Record<string, Tone>> = {
  [SIGNS.inject.sign]: 'chaos',
  [SIGNS.effect.sign]: 'chaos',
  [SIGNS.symptom.sign]: 'bad',
  [SIGNS.detected.sign]: 'warn',
  [SIGNS.heal.sign]: 'ok',
  [SIGNS.revert.sign]: 'ok',
  [SIGNS.stable.sign]: 'ok',
};

/** The lanes on one axis that counts from each injection, and below them the moments of the chosen one. */
export function timelineLines(state: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const lanes = lanesOf(state);
  const chosen = chosenLane(state);
  if (!chosen) return emptyLines(state, view, columns);
  const span = Math.max(1_000, ...lanes.map(lane => lengthOf(lane, view.now.server)));
  const track = columns - 2 * MARGIN;
  const shown = Math.max(1, Math.min(lanes.length, Math.floor((rows * 0.55 - 2) / HEIGHT)));
  const at = lanes.indexOf(chosen);
  const { first, last } = windowOf(lanes.length, at, shown);
  const upper = [
    rule('TIMELINE', columns, view, `${counted(lanes.length, 'fault')}, from each injection`, true),
    ...lanes.slice(first, last).flatMap(lane => laneLines(lane, lane === chosen, state, view, columns, span)),
    axisLine(span, track),
  ];
  return [...upper, ...momentLines(chosen, state, view, columns, rows - upper.length)];
}

function emptyLines({ settings }: ConsoleState, view: View, columns: number): Line[] {
  const experiments = pressFor(settings.keys, 'deck', 'go-to-experiments', '3');
  const reports = pressFor(settings.keys, 'deck', 'go-to-reports', '7');
  const chosen = pressFor(settings.keys, 'reports', 'on-timeline', 't');
  return [
    rule('TIMELINE', columns, view, '0 faults', true),
    ...[
      'nothing was injected from this console yet',
      `${experiments} lists the experiments: a run is drawn here while it goes on`,
      `${reports} lists past runs: ${chosen} on one of them draws it here`,
    ].map(text => line(span(`  ${text}`, 'dim'))),
  ];
}

/** How long the lane is: to its last moment, or until now while it lives. */
function lengthOf({ marks, isLive, injectedAt }: Lane, now: number): number {
  const last = Math.max(0, ...marks.map(({ afterMs }) => afterMs));
  return isLive && injectedAt !== undefined ? Math.max(last, now - injectedAt) : last;
}

function laneLines(
  lane: Lane,
  isChosen: boolean,
  state: ConsoleState,
  view: View,
  columns: number,
  longest: number,
): Line[] {
  const when = lane.injectedAt === undefined ? 'not injected' : timeOfDay(lane.injectedAt);
  const head = ends(
    line(isChosen ? view.glyphs.cursor : ' ', ' ', span(cell(lane.type, 20), 'chaos'), ' ', span(lane.name, 'title')),
    line(span(`${when}  `, 'dim'), span(lane.end, lane.isLive ? 'accent' : endTone(lane.end))),
    columns,
  );
  const track = line(
    '  ',
    ...trackSpans(lane, isChosen ? chosenMark(state, lane) : -1, view, columns - 2 * MARGIN, longest),
  );
  return [isChosen ? select(head) : head, track].map(one => itemLine(one, 'lanes', lane.key));
}

const endTone = (end: string): Tone => (end === 'RESILIENT' ? 'ok' : end === 'FAILED' ? 'bad' : 'warn');

/** A letter for each moment; the line is heavy for as long as the fault was in. Letters that would share a cell stand side by side. */
function trackSpans(lane: Lane, chosen: number, view: View, columns: number, longest: number): Span[] {
  const { glyphs, now } = view;
  const column = (ms: number): number =>
    Math.max(0, Math.min(columns - 1, Math.round((Math.max(0, ms) / longest) * (columns - 1))));
  const end = column(lengthOf(lane, now.server));
  const when = (wanted: string): number | undefined => lane.marks.find(({ sign }) => sign === wanted)?.afterMs;
  // A fault that healed by itself and was not reverted counts as gone from then on; while the run goes on that is not known.
  const out = when(SIGNS.revert.sign) ?? (lane.isLive ? undefined : when(SIGNS.heal.sign));
  const faultEnd = lane.injectedAt === undefined ? -1 : out === undefined ? end : column(out);
  const cells: Span[] = Array.from({ length: columns }, (_, at) =>
    at <= faultEnd ? span(glyphs.barFull, 'chaos') : at <= end ? span(glyphs.barEmpty, 'dim') : span(' '),
  );
  const taken = new Map<number, boolean>();
  lane.marks.forEach(({ sign, afterMs }, i) => {
    const isNamed = sign !== '.';
    if (!isNamed && i !== chosen) return;
    let at = column(afterMs);
    while (isNamed && taken.has(at) && at < columns - 1) at += 1;
    const mark = span(isNamed ? sign : glyphs.bullet, TONES[sign] ?? 'title');
    cells[at] = i === chosen ? { ...mark, selected: true } : mark;
    if (isNamed) taken.set(at, true);
  });
  return merged(cells);
}

/** Neighbours that look alike as one piece. */
function merged(cells: readonly Span[]): Span[] {
  const pieces: Span[] = [];
  for (const one of cells) {
    const last = pieces.at(-1);
    if (last && last.tone === one.tone && last.selected === one.selected)
      pieces[pieces.length - 1] = { ...last, text: last.text + one.text };
    else pieces.push(one);
  }
  return pieces;
}

/** A time each about 20 columns, as far apart as they fit. */
function axisLine(longest: number, columns: number): Line {
  const parts = Math.max(2, Math.floor(columns / 20));
  const text = Array.from({ length: columns }, () => ' ');
  for (let i = 0; i <= parts; i += 1) {
    const label = i === 0 ? '0s' : measured((longest * i) / parts);
    const at = Math.round((columns - 1) * (i / parts));
    const from = i === 0 ? 0 : Math.max(0, Math.min(columns - label.length, at - label.length + 1));
    [...label].forEach((letter, k) => {
      text[from + k] = letter;
    });
  }
  return line('  ', span(text.join(''), 'dim'));
}

/** Every moment of the chosen lane, the one under the cursor in full. */
function momentLines(lane: Lane, state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const head = rule(`MOMENTS ${lane.name.slice(0, 40)}`, columns, view, injectedText(lane, view));
  if (lane.marks.length === 0) return [head, line(span('  nothing has happened yet', 'dim'))];
  const at = chosenMark(state, lane);
  const mark = lane.marks[at];
  const full = mark ? wrapWhole(mark.says, columns - TEXT_AT).slice(1, 4) : [];
  const { first, last } = windowOf(lane.marks.length, at, Math.max(1, rows - 1 - full.length));
  return [
    head,
    ...lane.marks.slice(first, last).flatMap(({ afterMs, sign, name, says }, i) => {
      const isAt = first + i === at;
      const text = isAt ? (wrapWhole(says, columns - TEXT_AT)[0] ?? '') : says;
      const row = line(
        isAt ? view.glyphs.cursor : ' ',
        ' ',
        span(afterText(afterMs).padStart(8), 'dim'),
        '  ',
        span(sign === '.' ? ' ' : sign, TONES[sign] ?? 'plain'),
        ' ',
        span(cell(name, 22), TONES[sign] ?? 'plain'),
        '  ',
        text,
      );
      if (!isAt) return [row];
      return [select(row), ...full.map(part => line(' '.repeat(TEXT_AT), part))];
    }),
  ];
}

const TEXT_AT = 2 + 8 + 2 + 1 + 1 + 22 + 2;

const afterText = (ms: number): string => (ms < 0 ? `-${measured(-ms)}` : `+${measured(ms)}`);

const injectedText = ({ injectedAt }: Lane, { now }: View): string =>
  injectedAt === undefined ? 'not injected' : `injected ${age(Math.max(0, now.server - injectedAt))} ago`;

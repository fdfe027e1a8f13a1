import { BOARD, type BoardKind } from '../../../health/kinds.ts';
import type { KindHealth } from '../../../health/model.ts';
import type { Trouble } from '../../../health/trouble.ts';
import { age } from '../../../text/duration.ts';
import { width } from '../../../text/width.ts';
import { withFindings } from '../../../triage/finding/findings-on-board.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, ends, type Line, line, type Span, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { findingLines } from './findings.ts';
import { sinceText } from './since.ts';

const NAMES: Record<BoardKind, string> = {
  nodes: 'nodes',
  pods: 'pods',
  deployments: 'deploys',
  endpoints: 'endpoints',
  webhooks: 'webhooks',
  crds: 'CRDs',
  leases: 'leases',
};
/** What all of a kind are when none is in trouble, and what the bad ones are called. */
const WORDS: Record<BoardKind, { fine: string; bad: string; odd: string }> = {
  nodes: { fine: 'ready', bad: 'not ready', odd: 'under pressure' },
  pods: { fine: 'fine', bad: 'failing', odd: 'stuck' },
  deployments: { fine: 'available', bad: 'down', odd: 'stuck' },
  endpoints: { fine: 'all served', bad: 'unserved', odd: 'with no pod' },
  webhooks: { fine: 'answering', bad: 'dead', odd: 'dead, ignored' },
  crds: { fine: 'established', bad: 'broken', odd: '' },
  leases: { fine: 'held', bad: 'lost', odd: 'stale' },
};

const count = (value: number): string => value.toLocaleString('en-US');

/**
 * The health board: one line per kind, and below it its problems, most urgent first, as far as `rows` allow. Every kind
 * keeps its line; problems share the rest, one for each kind before any gets a second.
 */
export function boardLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { kinds } = withFindings(state.health, state.triage.result, view.now.server);
  const isTight = rows < 1 + 2 + BOARD.length;
  const found = findingLines(state.triage, view, columns).slice(0, isTight ? 1 : 2);
  const lines: Line[] = [rule('HEALTH', columns, view, 'since'), ...found];
  const room = Math.max(0, rows - lines.length - BOARD.length);
  const shares = share(
    BOARD.map(kind => kinds[kind].troubles.length),
    room,
  );
  BOARD.forEach((kind, i) => {
    const health = kinds[kind];
    lines.push(kindLine(kind, health, view, columns));
    for (const trouble of health.troubles.slice(0, shares[i])) lines.push(troubleLine(trouble, view, columns));
  });
  return lines.slice(0, rows);
}

/** Hands out `room` one at a time, round and round, to everyone who still wants. */
function share(wants: readonly number[], room: number): number[] {
  const given = wants.map(() => 0);
  let left = room;
  while (left > 0) {
    const before = left;
    wants.forEach((want, i) => {
      if (left > 0 && (given[i] ?? 0) < want) {
        given[i] = (given[i] ?? 0) + 1;
        left--;
      }
    });
    if (left === before) break;
  }
  return given;
}

/** One kind: glyph, name, how many, and the one thing to know about them. */
function kindLine(kind: BoardKind, health: KindHealth, view: View, columns: number): Line {
  const { glyphs } = view;
  const { sync, failing, warning } = health;
  const words = WORDS[kind];
  const name = cell(NAMES[kind], 9);
  const oldest = health.troubles[0];
  const since = oldest ? sinceText(oldest.since, view, columns) : '';
  const row = (glyph: Span, number: string, ...says: Span[]): Line =>
    ends(line(glyph, ' ', name, ' ', cell(number, 7, 'right'), '  ', ...says), line(span(since, 'dim')), columns);
  // If there is no number to trust, there is no number column.
  const unknown = (glyph: Span, ...says: Span[]): Line => line(glyph, ' ', name, '   ', ...says);

  if (sync.state === 'blind') return unknown(span(glyphs.states.blind, 'warn'), span(`BLIND ${sync.reason}`, 'warn'));
  if (sync.state === 'waiting') return unknown(span(glyphs.states.wait, 'dim'), span('waiting', 'dim'));
  if (sync.state === 'loading') {
    const of = sync.total === undefined ? '' : `/${count(sync.total)}`;
    const bad = failing > 0 && span(`  ${failing} ${words.bad}`, 'bad');
    return unknown(
      span(glyphs.states.wait, 'dim'),
      span(`loading ${count(sync.loaded)}${of}`, 'dim'),
      ...(bad ? [bad] : []),
    );
  }
  const stale = sync.state === 'retrying' ? [span(`  STALE ${age(sync.ageMs)}`, 'warn')] : [];
  if (failing > 0)
    return row(
      span(glyphs.states.fail, 'bad'),
      count(health.count),
      span(`${count(failing)} ${words.bad}`, 'bad'),
      ...(warning > 0 ? [span(`, ${count(warning)} ${words.odd}`, 'warn')] : []),
      ...stale,
    );
  if (warning > 0)
    return row(
      span(glyphs.states.warn, 'warn'),
      count(health.count),
      span(`${count(warning)} ${words.odd}`, 'warn'),
      ...stale,
    );
  if (sync.state === 'retrying')
    return row(span(glyphs.states.wait, 'warn'), count(health.count), span(words.fine, 'dim'), ...stale);
  return row(span(glyphs.states.ok, 'ok'), count(health.count), span(health.count === 0 ? 'none' : words.fine));
}

const INDENT = 2;
const GAP = 1;
const AGE = 7;
/** So much of a pod's name distinguishes it from the others of its workload, and leaves room for `ImagePullBackOff` at 80 columns. */
const SHORTEST_NAME = 14;
const SHORT_REASON = 24;

/** One trouble under its kind: what and why on the left, since when on the right. */
function troubleLine(trouble: Trouble, view: View, columns: number): Line {
  const name = trouble.namespace === undefined ? trouble.name : `${trouble.namespace}/${trouble.name}`;
  const since = sinceText(trouble.since, view, columns);
  const room = columns - INDENT - GAP - Math.max(AGE, width(since) + 1);
  // A short reason is shown whole; a long one gets the room that the name leaves.
  const reasonColumns = Math.min(
    width(trouble.what),
    room - Math.min(SHORTEST_NAME, width(trouble.name)),
    Math.max(SHORT_REASON, room - width(name)),
  );
  const nameColumns = room - reasonColumns;
  const tone = trouble.severity === 'fail' ? 'bad' : 'warn';
  return ends(
    line(
      ' '.repeat(INDENT),
      cell(shortName(name, nameColumns), nameColumns, 'left', 'middle'),
      ' '.repeat(GAP),
      span(cell(trouble.what, reasonColumns), tone),
    ),
    line(span(since, 'dim')),
    columns,
  );
}

/** A name that is too long loses its namespace first; its middle goes when the cell is cut. */
const shortName = (name: string, columns: number): string =>
  width(name) <= columns ? name : name.slice(name.indexOf('/') + 1);

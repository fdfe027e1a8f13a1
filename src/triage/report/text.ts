import { lastedText } from '../../health/trouble.ts';
import { counted } from '../../text/counted.ts';
import type { Glyphs, State } from '../../text/glyphs.ts';
import type { Clean } from '../../text/sanitise.ts';
import { wrapWhole } from '../../text/wrap.ts';
import type { Follower, Root } from '../finding/chain.ts';
import { isChaos } from '../finding/chaos-causes.ts';
import type { Finding, Fix, Severity } from '../finding/finding.ts';
import { findingId, type Triage, unsettledRoots } from '../finding/result.ts';
import type { GateStatus } from '../gates.ts';
import { canIgnore } from '../remedies/dead-hooks.ts';
import { remediesOf } from '../remedies/index.ts';
import { type GateResult, isFailure } from '../run/gate-run.ts';
import { type About, followText, nameText } from './about.ts';
import { groupAlike } from './alike.ts';

/** How the text is drawn. */
export interface Drawing {
  glyphs: Glyphs;
  /** Columns; commands to copy are never broken. */
  columns: number;
  /** False when the gates have already been printed. */
  gates?: boolean;
}

/** How many roots are printed in full; the others get one line each. */
const MAX_FULL = 10;
const MAX_EVIDENCE = 8;
const MAX_FOLLOWERS = 6;

/** `mayday triage` for people: the root causes in order, each with evidence, fixes and what follows from it; then the gates. */
export function triageText({ roots, gates }: Triage, about: About, drawing: Drawing): string[] {
  const broken = roots.filter(({ finding }) => isFailure(finding.severity));
  const watched = roots.filter(({ finding }) => finding.severity === 'warn');
  const unsettled = unsettledRoots({ roots });
  const groups = groupAlike(broken);
  return [
    `${about.context}  ${about.server}  as ${about.user}  ${new Date(about.now).toISOString().replace(/\.\d+Z$/, 'Z')}`,
    ...groups.slice(0, MAX_FULL).flatMap(([root, ...like]) => ['', ...rootText(root, like, about, drawing)]),
    ...otherRootsText(groups.slice(MAX_FULL), about, drawing),
    ...(watched.length === 0 ? [] : ['', 'to watch', ...briefText(watched, about, drawing)]),
    ...(unsettled.length === 0 ? [] : ['', 'under way', ...briefText(unsettled, about, drawing)]),
    ...(drawing.gates === false ? [] : ['', ...gates.flatMap(gate => gateText(gate, drawing))]),
    '',
    ...closing({ roots, gates }),
  ];
}

/** The last line says what was found, and what could not be seen. */
function closing({ roots, gates }: Triage): string[] {
  const broken = roots.filter(({ finding }) => isFailure(finding.severity));
  const blind = gates.filter(gate => gate.blind.length > 0);
  const blindText =
    blind.length === 0 ? '' : `BLIND in ${blind.map(({ id }) => id).join(', ')}: not everything could be read`;
  const follows = broken.reduce((sum, root) => sum + root.follows.length, 0);
  const what =
    broken.length === 0
      ? blind.length === 0
        ? 'nothing is broken'
        : 'nothing broken in what could be read'
      : counted(broken.length, 'root cause') +
        (follows === 0 ? '' : `, ${counted(follows, 'finding follows', 'findings follow')}`);
  return [[what, settlingText({ roots }), blindText].filter(Boolean).join('; ')];
}

/** How many workloads a change has not wholly reached. */
export const unsettledText = (count: number): string =>
  counted(count, 'workload has not settled yet', 'workloads have not settled yet');

/** What the last line adds where a change is still under way: it may fail yet. Empty where none is. */
export function settlingText(triage: Pick<Triage, 'roots'>): string {
  const { length } = unsettledRoots(triage);
  return length === 0 ? '' : unsettledText(length);
}

function rootText(root: Root, like: readonly Root[], about: About, { glyphs, columns }: Drawing): string[] {
  const { finding, gate, follows } = root;
  const since = finding.since === undefined ? '' : `  ${lastedText(finding.since, about.now)}`;
  const evidence = finding.evidence.slice(0, MAX_EVIDENCE);
  const hidden = finding.evidence.length - evidence.length;
  return [
    `${glyphs.states[stateOf(finding.severity)]} ${severityWord(finding.severity)} ${nameText(finding.object)}${since}`,
    ...indented(finding.summary, 2, columns),
    ...(finding.cause === undefined ? [] : indented(`cause: ${finding.cause}`, 2, columns)),
    ...evidence.flatMap(line => indented(line, 4, columns)),
    ...(hidden > 0 ? [`    and ${hidden} more lines (-o json)`] : []),
    ...finding.fixes.flatMap(fix => fixText(fix, columns)),
    ...(like.length === 0
      ? []
      : indented(`the same in: ${listed(like.map(({ finding }) => nameText(finding.object)))}`, 2, columns)),
    ...followsText(follows, columns, glyphs),
    `  ${finding.rule}  ${gate}  ${canFix(finding) ? 'mayday fix ' : ''}${findingId(finding)}`,
  ];
}

/** Whether mayday itself has a fix for it. */
const canFix = (finding: Finding): boolean => isChaos(finding) || canIgnore(finding) || remediesOf(finding).length > 0;

function fixText({ text, command, safe }: Fix, columns: number): string[] {
  const line = `fix${safe ? '' : ' (cannot be undone)'}: ${text}`;
  return [...indented(line, 2, columns), ...(command === undefined ? [] : [`    ${command}`])];
}

function followsText(follows: readonly Follower[], columns: number, glyphs: Glyphs): string[] {
  if (follows.length === 0) return [];
  const shown = follows.slice(0, MAX_FOLLOWERS).flatMap(({ finding }) => {
    const [first = '', ...rest] = indented(`${nameText(finding.object)}: ${finding.summary}`, 6, columns);
    return [`    ${glyphs.arrow} ${first.trimStart()}`, ...rest];
  });
  const left = follows.length - Math.min(follows.length, MAX_FOLLOWERS);
  return [
    `  ${followText(follows.length)} from it:`,
    ...shown,
    ...(left > 0 ? [`    and ${left} more (-o json)`] : []),
  ];
}

function otherRootsText(groups: readonly (readonly [Root, ...Root[]])[], about: About, drawing: Drawing): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(([root, ...like]) => {
    const others = like.length === 0 ? '' : ` (and ${like.length} like it)`;
    return { root, others };
  });
  return ['', 'and', ...rows.flatMap(({ root, others }) => oneLine(root, others, about, drawing))];
}

const briefText = (roots: readonly Root[], about: About, drawing: Drawing): string[] => {
  const groups = groupAlike(roots);
  const lines = groups
    .slice(0, MAX_FULL)
    .flatMap(([root, ...like]) =>
      oneLine(root, like.length === 0 ? '' : ` (and ${like.length} like it)`, about, drawing),
    );
  return groups.length > MAX_FULL ? [...lines, `  and ${groups.length - MAX_FULL} more (-o json)`] : lines;
};

function oneLine({ finding }: Root, others: string, about: About, { glyphs, columns }: Drawing): string[] {
  const since = finding.since === undefined ? '' : `, ${lastedText(finding.since, about.now)}`;
  const text = `${nameText(finding.object)}: ${finding.summary}${since}${others}`;
  const [first = '', ...rest] = indented(text, 4, columns);
  return [`  ${glyphs.states[stateOf(finding.severity)]} ${first.trimStart()}`, ...rest];
}

const STATES: Readonly<Record<GateStatus, State>> = { PASS: 'ok', WARN: 'warn', FAIL: 'fail', BLIND: 'blind' };

/** The columns before the result of a gate. */
const HEAD = 33;

/**
 * One gate, also printed when it finishes: its status, what it found, what it could not see, and what to fix before
 * it.
 */
export function gateText(
  { id, name, status, findings, blind, after, from }: GateResult,
  { glyphs, columns }: Drawing,
): string[] {
  const found = findings.filter(({ severity }) => severity !== 'info').length;
  const words = [
    [found > 0 ? counted(found, 'finding') : '', from ? `from ${from.join(', ')}` : ''].filter(Boolean).join(' '),
    blind.length > 0 ? `cannot see ${blind.map(({ what, reason }) => `${what} (${reason})`).join(', ')}` : '',
    after === undefined ? '' : `fix ${after} first`,
  ].filter(Boolean);
  const head = `${glyphs.states[STATES[status]]} ${id} ${name.padEnd(22)}${status}`.padEnd(HEAD);
  const [first = '', ...rest] = wrapWhole(words.join('; '), columns - HEAD);
  return [`${head}${first}`.trimEnd(), ...rest.map(line => `${' '.repeat(HEAD)}${line}`)];
}

function indented(text: string, by: number, columns: number): string[] {
  return wrapWhole(text, columns - by).map(line => `${' '.repeat(by)}${line}`);
}

const severityWord = (severity: Severity): string => (severity === 'warn' ? 'WARN' : severity.toUpperCase());
const stateOf = (severity: Severity): State => (isFailure(severity) ? 'fail' : severity === 'warn' ? 'warn' : 'wait');

const listed = (names: readonly Clean[]): string =>
  names.length <= MAX_FOLLOWERS
    ? names.join(', ')
    : `${names.slice(0, MAX_FOLLOWERS).join(', ')} and ${names.length - MAX_FOLLOWERS} more`;

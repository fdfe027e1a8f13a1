import { proofText } from '../../injection/write/receipt.ts';
import type { Report, Scenario } from '../model.ts';
import {
  assignedText,
  baselineText,
  changeText,
  countsText,
  dayEndText,
  FLIP_HEAD,
  figureText,
  flipRows,
  momentText,
  objectText,
  recoveryText,
  spanText,
  timeText,
  whereText,
} from './report-texts.ts';
import { timelineText } from './timeline-text.ts';

/** Escapes a text so that Markdown shows it as it is: it makes no link, image, heading, table or HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/^(\s*\d+)\.(\s|$)/, '$1\\.$2')
    .replace(/(https?):/gi, '$1&#58;')
    .replace(/@/g, '&#64;');
}

/** A text as inline code, in a fence longer than any run of backticks in it. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replaceAll('\n', ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : ['', `| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows.map(row => `| ${row.join(' | ')} |`)];

const list = (items: readonly string[]): string[] => items.map(item => `- ${item}`);

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];

/** The report as Markdown, for a page, an issue or a mail. */
export function markdown(report: Report): string {
  const span = spanText(report);
  const lines = [
    `# ${escaped(report.title)}`,
    '',
    ...(report.day ? [escaped(report.day.objective), ''] : []),
    `**${countsText(report)}**`,
    '',
    ...list([
      ...(span === undefined ? [] : [`When: ${span}`]),
      ...report.where.map(where => `Where: ${escaped(whereText(where))}`),
      ...(report.day
        ? [`People: ${report.day.people.map(({ name, role }) => escaped(`${name} (${role})`)).join(', ')}`]
        : []),
      ...(dayEndText(report.day) === undefined ? [] : [escaped(dayEndText(report.day) ?? '')]),
      ...baselineLine(report),
      `Report made ${timeText(report.madeAt)} by ${escaped(report.madeBy)}`,
    ]),
    ...section('Findings', findings(report)),
    ...section('Compared', comparison(report)),
    ...section('Times', times(report)),
    ...section('Scenarios', overview(report)),
    ...report.scenarios.flatMap(scenario => ['', ...one(scenario)]),
    ...section('Not run', list(report.notRun.map(({ name, says }) => `${escaped(name)}: ${escaped(says)}`))),
    ...section('Notes', notes(report)),
    ...section('Could not be read', list(report.problems.map(escaped))),
  ];
  return `${lines.join('\n')}\n`;
}

function baselineLine(report: Report): string[] {
  const baseline = baselineText(report);
  if (baseline === undefined) return [];
  const left = report.day?.baseline.left ?? [];
  return [`Before and after: ${escaped(baseline)}`, ...left.map(line => `left: ${escaped(line)}`)];
}

const findings = ({ findings: all }: Report): string[] =>
  all.length === 0
    ? ['none']
    : table(
        ['finding', 'scenario', 'owner', 'due', 're-test', 'command'],
        all.map(({ text, scenario, owner, due, retestOn, command }) => [
          escaped(text),
          escaped(scenario ?? ''),
          owner === undefined ? 'NOT ASSIGNED' : escaped(owner),
          escaped(due ?? 'not set'),
          escaped(retestOn ?? 'not set'),
          command === undefined ? '' : code(command),
        ]),
      ).slice(1);

function comparison({ comparison: found }: Report): string[] {
  if (found === undefined) return [];
  const worse = found.changes.filter(({ change }) => change === 'regressed' || change === 'slower').length;
  return [
    `With ${escaped(found.with)}: ${worse === 0 ? 'nothing became worse' : `${worse} became worse`}`,
    ...table(
      ['scenario', 'change', 'before → now'],
      found.changes.map(change => [escaped(change.name), change.change, escaped(changeText(change))]),
    ),
  ];
}

const times = ({ figures }: Report): string[] =>
  table(
    ['what', 'measured'],
    figures.map(figure => [figure.name, figureText(figure)]),
  ).slice(1);

const overview = ({ scenarios }: Report): string[] =>
  table(
    ['scenario', 'fault', 'verdict', 'recovery', 'remain'],
    scenarios.map(scenario => [
      escaped(scenario.title ?? scenario.name),
      escaped(scenario.type ?? 'by hand'),
      scenario.verdict,
      escaped(recoveryText(scenario)),
      scenario.residue === undefined ? 'not known' : String(scenario.residue),
    ]),
  ).slice(1);

function one(scenario: Scenario): string[] {
  const drawing = timelineText(scenario.moments);
  return [
    `### ${escaped(scenario.title ?? scenario.name)}: ${scenario.verdict}`,
    '',
    ...(scenario.hypothesis === undefined ? [] : [`> ${escaped(scenario.hypothesis)}`, '']),
    ...list(facts(scenario)),
    ...(drawing.length === 0 ? [] : ['', '```text', ...drawing.map(line => line.replaceAll('`', "'")), '```']),
    ...table(
      ['', 'moment', 'after the injection'],
      scenario.moments.map(moment => [moment.id, moment.name, escaped(momentText(moment))]),
    ),
    ...table(
      FLIP_HEAD,
      flipRows(scenario).map(row => row.map(escaped)),
    ),
    ...table(
      ['check', 'expected', 'before', 'at the end', ''],
      scenario.checks.map(check => [
        escaped(check.name),
        escaped(check.expected),
        escaped(check.before ?? ''),
        escaped(check.after ?? ''),
        check.ok ? 'ok' : 'NOT OK',
      ]),
    ),
    ...table(
      ['receipt', 'outcome', 'read back', 'what'],
      scenario.receipts.map(receipt => [
        escaped(objectText(receipt.object)),
        escaped(receipt.outcome),
        proofText(receipt),
        escaped(receipt.message),
      ]),
    ),
  ];
}

function facts(scenario: Scenario): string[] {
  const { compat, effect, people } = scenario;
  const span = spanText({ from: scenario.startedAt, to: scenario.endedAt });
  const parameters = Object.entries(scenario.parameters ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    ...scenario.reasons.map(escaped),
    ...(compat === undefined ? [] : [`The framework would say ${compat.verdict}: ${escaped(compat.why)}`]),
    ...(effect === undefined ? [] : [`Effect ${effect.state}: ${escaped(effect.evidence.join('; '))}`]),
    ...(scenario.type === undefined ? [] : [`Fault: ${escaped([scenario.type, ...parameters].join(' '))}`]),
    ...(scenario.operator === undefined
      ? []
      : [`Target: ${escaped([scenario.operator, scenario.component, scenario.resource].filter(Boolean).join(' / '))}`]),
    ...scenario.collateral.map(object => `Harm outside the target: ${escaped(object)}`),
    ...scenario.tripped.map(({ condition, says }) => `Tripped: ${escaped(`${condition}: ${says}`)}`),
    ...(people === undefined ? [] : peopleLines(people)),
    ...(scenario.residue ? [`**${scenario.residue} not proven restored**`] : []),
    ...scenario.blind.map(line => `BLIND: ${escaped(line)}`),
    ...(span === undefined ? [] : [`When: ${span}`]),
    ...(scenario.retest === undefined ? [] : [`Again: ${code(scenario.retest)}`]),
    ...(scenario.run === undefined
      ? []
      : [`Run ${escaped(scenario.run)}${scenario.record ? `, record ${code(scenario.record)}` : ''}`]),
    ...(scenario.tool === 'operator-chaos'
      ? ['Recorded by the framework, which keeps no times, no receipts and no parameters']
      : []),
  ];
}

function peopleLines({ outcome, detected, mitigated }: NonNullable<Scenario['people']>): string[] {
  const answers = [
    ...(outcome === undefined ? [] : [`outcome ${outcome}`]),
    ...(detected === undefined ? [] : [`detected: ${escaped(detected)}`]),
    ...(mitigated === undefined ? [] : [`mitigated: ${mitigated ? 'yes' : 'no'}`]),
  ];
  return answers.length === 0 ? [] : [`People say: ${answers.join(', ')}`];
}

const notes = ({ day }: Report): string[] =>
  list([
    ...(day?.notes ?? []).map(
      ({ at, by, text, tag, scenario }) =>
        `${timeText(at)} ${escaped(by)}${scenario ? ` on ${escaped(scenario)}` : ''}${tag ? ` [${escaped(tag)}]` : ''}: ${escaped(text)}`,
    ),
    ...(day?.stops ?? []).map(({ at, by, why }) => `${timeText(at)} STOPPED by ${escaped(by)}: ${escaped(why)}`),
  ]);

/** The report in few lines, for a terminal. */
export function summaryText(report: Report): string[] {
  const span = spanText(report);
  return [
    report.title,
    countsText(report),
    ...(span === undefined ? [] : [span]),
    ...report.where.map(whereText),
    ...(dayEndText(report.day) === undefined ? [] : [dayEndText(report.day) ?? '']),
    ...(baselineText(report) === undefined ? [] : [`before and after: ${baselineText(report)}`]),
    '',
    ...report.scenarios.map(
      scenario =>
        `${scenario.verdict.toUpperCase().padEnd(13)}${scenario.title ?? scenario.name}  ${scenario.type ?? 'by hand'}  ${recoveryText(scenario)}${scenario.residue ? `  ${scenario.residue} REMAIN` : ''}`,
    ),
    ...report.notRun.map(({ name, says }) => `NOT RUN      ${name}  ${says}`),
    ...report.figures
      .map((figure, index) => `${index === 0 ? '\n' : ''}${figure.name}: ${figureText(figure)}`)
      .flatMap(line => line.split('\n')),
    ...(report.findings.length === 0 ? [] : ['', 'findings']),
    ...report.findings.map(
      finding => `  ${finding.scenario ? `${finding.scenario}: ` : ''}${finding.text} (${assignedText(finding)})`,
    ),
    ...(report.comparison === undefined ? [] : ['', `compared with ${report.comparison.with}`]),
    ...(report.comparison?.changes ?? []).map(
      change => `  ${change.change.padEnd(9)} ${change.name}  ${changeText(change)}`,
    ),
    ...report.problems.map(problem => `not read: ${problem}`),
  ];
}

import { proofText } from '../../../injection/write/receipt.ts';
import {
  assignedText,
  baselineText,
  changeText,
  countsText,
  momentText,
  objectText,
  recoveryText,
  spanText,
  whereText,
} from '../../../report/formats/report-texts.ts';
import { timelineText } from '../../../report/formats/timeline-text.ts';
import type { Change, Report, Scenario } from '../../../report/model.ts';
import { wrapWhole } from '../../../text/wrap.ts';
import { BLANK, type Line, line, span, type Tone } from '../../widgets/line.ts';
import { VERDICT_TONES } from '../reports/lines.ts';
import type { Opened } from '../reports/view.ts';

const INDENT = 2;
const LABEL = 10;
/** Columns of a drawn moment beside its track. */
const BESIDE_TRACK = 40;

/** All of what is open, unscrolled. */
export function reportText(opened: Opened | undefined, columns: number): Line[] {
  if (opened === undefined) return [line(span('  nothing is open', 'dim'))];
  if (opened.is === 'reading') return [line(span('  reading…', 'dim'))];
  if (opened.is === 'failed') return wrapped(`cannot be read: ${opened.message}`, columns, 'bad');
  return opened.is === 'report' ? wholeReport(opened.report, columns) : compared(opened, columns);
}

const wrapped = (text: string, columns: number, tone: Tone = 'plain'): Line[] =>
  wrapWhole(text, columns - INDENT).map(part => line('  ', span(part, tone)));

/** A word, and a text that hangs behind it. */
const labelled = (word: string, text: string, columns: number, tone: Tone = 'plain'): Line[] =>
  wrapWhole(text, columns - INDENT - LABEL).map((part, i) =>
    line('  ', span((i === 0 ? word : '').padEnd(LABEL), 'dim'), span(part, tone)),
  );

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [BLANK, line('  ', span(title, 'accent')), ...lines];

function wholeReport(report: Report, columns: number): Line[] {
  const { day, findings, notRun, problems } = report;
  const baseline = baselineText(report);
  const when = spanText(report);
  return [
    ...wrapped(countsText(report), columns, report.counts.residue > 0 ? 'bad' : 'title'),
    ...(when === undefined ? [] : labelled('when', when, columns)),
    ...report.where.flatMap(where => labelled('where', whereText(where), columns)),
    ...(day === undefined ? [] : labelled('objective', day.objective, columns)),
    ...(baseline === undefined ? [] : labelled('after', baseline, columns)),
    ...report.scenarios.flatMap(one => [BLANK, ...scenarioText(one, columns)]),
    ...section(
      'NOT RUN',
      notRun.flatMap(({ name, says }) => wrapped(`${name}: ${says}`, columns, 'warn')),
    ),
    ...section(
      'FINDINGS',
      findings.flatMap(one =>
        wrapped(`${one.scenario ? `${one.scenario}: ` : ''}${one.text} (${assignedText(one)})`, columns),
      ),
    ),
    ...section(
      'NOT READ',
      problems.flatMap(problem => wrapped(problem, columns, 'bad')),
    ),
  ];
}

function scenarioText(scenario: Scenario, columns: number): Line[] {
  const { verdict, type, hypothesis, reasons, effect, checks, receipts, collateral, blind, moments, residue } =
    scenario;
  return [
    line(
      '  ',
      span(verdict.toUpperCase().padEnd(14), VERDICT_TONES[verdict]),
      span(scenario.title ?? scenario.name, 'title'),
      span(`  ${type ?? 'by hand'}`, 'chaos'),
    ),
    ...(hypothesis === undefined ? [] : labelled('expected', hypothesis, columns)),
    ...reasons.flatMap((reason, i) => labelled(i === 0 ? 'because' : '', reason, columns)),
    ...labelled('recovery', recoveryText(scenario), columns),
    ...(scenario.compat === undefined
      ? []
      : labelled('framework', `would say ${scenario.compat.verdict}: ${scenario.compat.why}`, columns, 'dim')),
    ...(effect === undefined
      ? []
      : labelled('effect', `${effect.state}: ${effect.evidence.join('; ')}`, columns, effectTone(effect.state))),
    ...section('TIMES AFTER THE INJECTION', times(moments, columns)),
    ...section(
      'CHECKS',
      checks.flatMap(({ name, expected, before, after, ok }) => [
        ...labelled(ok ? 'ok' : 'NOT OK', name, columns, ok ? 'ok' : 'bad'),
        ...labelled(
          '',
          `expected ${expected}; before ${before ?? 'not read'}; at the end ${after ?? 'not read'}`,
          columns,
        ),
      ]),
    ),
    ...section(
      'RECEIPTS',
      receipts.flatMap(({ object, outcome, verified, message }) =>
        wrapped(
          `${objectText(object)}: ${outcome}, ${proofText({ outcome, verified })}${message ? `: ${message}` : ''}`,
          columns,
          verified ? 'ok' : 'bad',
        ),
      ),
    ),
    ...(residue === undefined || residue === 0 ? [] : wrapped(`${residue} NOT PROVEN RESTORED`, columns, 'bad')),
    ...section(
      'HARM OUTSIDE THE TARGET',
      collateral.flatMap(one => wrapped(one, columns, 'warn')),
    ),
    ...section(
      'BLIND',
      blind.flatMap(one => wrapped(one, columns, 'warn')),
    ),
    ...(scenario.retest === undefined ? [] : [BLANK, ...labelled('again', scenario.retest, columns, 'accent')]),
    ...(scenario.record === undefined ? [] : labelled('record', scenario.record, columns, 'dim')),
  ];
}

const effectTone = (state: string): Tone => (state === 'proven' ? 'ok' : 'warn');

/** The moments drawn on a track that fits, then those that have no time, with the reason. */
function times(moments: Scenario['moments'], columns: number): Line[] {
  const track = Math.max(10, Math.min(100, columns - INDENT - BESIDE_TRACK));
  return [
    ...timelineText(moments, track).map(text => line('  ', span(text))),
    ...moments
      .filter(({ at }) => at === undefined)
      .flatMap(moment => wrapped(`${moment.id.padEnd(2)} ${moment.name}: ${momentText(moment)}`, columns, 'dim')),
  ];
}

const CHANGE_TONES: Readonly<Record<Change['change'], Tone>> = {
  regressed: 'bad',
  slower: 'warn',
  'not-run': 'warn',
  new: 'plain',
  improved: 'ok',
  faster: 'ok',
  same: 'dim',
};

function compared(
  { before, now, comparison: { changes } }: Extract<Opened, { is: 'comparison' }>,
  columns: number,
): Line[] {
  const count = (change: Change['change']): number => changes.filter(one => one.change === change).length;
  const worse = [
    ...(count('regressed') > 0 ? [`${count('regressed')} regressed`] : []),
    ...(count('slower') > 0 ? [`${count('slower')} slower`] : []),
  ];
  const shared = changes.filter(one => one.before !== undefined && one.now !== undefined).length;
  return [
    ...(shared === 0
      ? wrapped('they have no experiment in common, so nothing can be compared', columns, 'warn')
      : wrapped(
          worse.length === 0 ? 'nothing became worse' : worse.join(', '),
          columns,
          worse.length === 0 ? 'ok' : 'bad',
        )),
    ...labelled('before', `${before.title}, ${spanText(before) ?? 'at an unknown time'}`, columns),
    ...labelled('now', `${now.title}, ${spanText(now) ?? 'at an unknown time'}`, columns),
    BLANK,
    ...changes.flatMap(change => [
      line(
        '  ',
        span(change.change.toUpperCase().padEnd(LABEL), CHANGE_TONES[change.change]),
        span(change.name, 'title'),
      ),
      ...labelled('', changeText(change), columns),
    ]),
  ];
}

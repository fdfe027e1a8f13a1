import type { Report, Scenario } from '../model.ts';
import { recoveryText, whereText } from './report-texts.ts';

/** Characters that XML 1.0 does not allow, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const xml = (text: string): string =>
  text
    .replace(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');

const attributes = (of: Record<string, string | number>): string =>
  Object.entries(of)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');

/** How a viewer of test results shows a run. Residue in the cluster is an error, whatever the verdict. */
function outcomeOf(one: Scenario): 'error' | 'failure' | 'skipped' | 'passed' {
  if ((one.residue ?? 0) > 0 || one.verdict === 'Unfinished') return 'error';
  if (one.verdict === 'Failed' || one.verdict === 'Degraded') return 'failure';
  return one.verdict === 'Inconclusive' ? 'skipped' : 'passed';
}

/** The report as JUnit XML: `testsuites` of one `testsuite` with a `testcase` for each run, as CI viewers read it. */
export function junit(report: Report): string {
  const names = uniqueNames([
    ...report.scenarios.map(one => one.title ?? one.name),
    ...report.notRun.map(({ name }) => name),
  ]);
  const cases = report.scenarios.map((one, index) => ({ one, name: names[index] ?? '', outcome: outcomeOf(one) }));
  const count = (outcome: string) => cases.filter(one => one.outcome === outcome).length;
  const seconds = cases.reduce((sum, { one }) => sum + secondsOf(one), 0);
  const sizes = {
    tests: cases.length + report.notRun.length,
    failures: count('failure'),
    errors: count('error'),
  };
  const skipped = count('skipped') + report.notRun.length;
  const [place] = report.where;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: report.title, ...sizes, time: seconds.toFixed(3) })}>`,
    `  <testsuite${attributes({
      name: report.title,
      ...sizes,
      skipped,
      time: seconds.toFixed(3),
      timestamp: new Date(report.from ?? report.madeAt).toISOString().slice(0, 19),
      hostname: place?.host ?? 'unknown',
    })}>`,
    '    <properties>',
    ...report.where.map(where => `      <property${attributes({ name: 'where', value: whereText(where) })}/>`),
    `      <property${attributes({ name: 'residue', value: report.counts.residue })}/>`,
    '    </properties>',
    ...cases.flatMap(({ one, name, outcome }) => caseLines(one, name, outcome)),
    ...report.notRun.flatMap(({ says }, index) => [
      `    <testcase${attributes({ name: names[cases.length + index] ?? '', classname: 'mayday.not-run', time: '0.000' })}>`,
      `      <skipped${attributes({ message: says })}/>`,
      '    </testcase>',
    ]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** How long the run took; the framework records only its recovery. */
const secondsOf = ({ startedAt, endedAt, recoveryMs = 0 }: Scenario): number =>
  (startedAt !== undefined && endedAt !== undefined ? Math.max(0, endedAt - startedAt) : recoveryMs) / 1000;

/** Viewers show only the first of several cases with the same name, so the second run is named `name (2)`. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map(name => {
    let unique = name;
    for (let nth = 2; taken.has(unique); nth += 1) unique = `${name} (${nth})`;
    taken.add(unique);
    return unique;
  });
}

function caseLines(one: Scenario, name: string, outcome: ReturnType<typeof outcomeOf>): string[] {
  const [message = one.verdict] = (one.residue ?? 0) > 0 ? [`${one.residue} not proven restored`] : one.reasons;
  const body = xml([...one.reasons, ...one.collateral.map(object => `harm outside the target: ${object}`)].join('\n'));
  const type = (one.residue ?? 0) > 0 ? 'RESIDUE' : one.verdict.toUpperCase();
  const tier = one.tier ? `.T${one.tier}` : '';
  const resultLines = {
    error: [`      <error${attributes({ message, type })}>${body}</error>`],
    failure: [`      <failure${attributes({ message, type })}>${body}</failure>`],
    skipped: [`      <skipped${attributes({ message })}/>`],
    passed: [],
  }[outcome];
  return [
    `    <testcase${attributes({
      name,
      classname: `chaos${tier}.${one.component ?? 'by-hand'}`,
      time: secondsOf(one).toFixed(3),
    })}>`,
    ...resultLines,
    `      <system-out>${xml([one.hypothesis ?? '', recoveryText(one), one.retest ?? ''].filter(Boolean).join('\n'))}</system-out>`,
    '    </testcase>',
  ];
}

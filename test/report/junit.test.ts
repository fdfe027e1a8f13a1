import { expect, test } from 'vitest';
import { junit } from '../../src/report/formats/junit.ts';
import type { Report } from '../../src/report/model.ts';
import { type Element, parseXml, wrongWith } from './junit-schema.ts';
import { diedFiles, filesOf, recordOf, reportOf, STATE } from './support.ts';

const FOLDER = `${STATE}/runs`;
const reportWith = (...records: ReturnType<typeof recordOf>[]): Report =>
  reportOf(FOLDER, { ...filesOf(records), ...diedFiles(9, 'dead') });
const all = (): Report => ({
  ...reportWith(
    recordOf(1, 'fine'),
    recordOf(2, 'bad', { verdict: 'Failed' }),
    recordOf(3, 'left', { residue: 2 }),
    recordOf(4, 'unknown', { verdict: 'Inconclusive' }),
  ),
  notRun: [{ name: 'never', says: 'interrupted' }],
});
const casesOf = (page: Element): Element[] =>
  page.children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
const outcomesOf = (page: Element) =>
  casesOf(page).map(({ attributes, children }) => [
    attributes.name,
    children.find(one => one.name !== 'system-out')?.name,
  ]);

test('the rules that stand for the schema refuse what viewers refuse', () => {
  const wrong = (xml: string) => wrongWith(parseXml(xml));
  expect(wrong('<testsuites><testsuite name="a"/></testsuites>').join('\n')).toMatch(/no tests\n.*no failures/);
  expect(wrong('<testsuites><testcase/></testsuites>')[0]).toContain('expected testsuite*');
  expect(
    wrong('<testcase name="a" classname="b" time="0.000"><system-out/><failure type="x"/></testcase>'),
  ).toHaveLength(1);
  expect(wrong('<testcase name="a" classname="b" time="1,5"/>')).toEqual(['testcase: time is 1,5']);
  expect(() => parseXml('<a>&nbsp;</a>')).toThrow();
  expect(() => parseXml('<a>\u0001</a>')).toThrow();
  expect(() => parseXml('<a><b></a>')).toThrow();
});

test('a report is what the schema of CI viewers says, and its counts are those of its cases', () => {
  const page = parseXml(junit(all()));
  expect(wrongWith(page)).toEqual([]);
  expect(outcomesOf(page)).toEqual([
    ['fine', undefined],
    ['bad', 'failure'],
    ['left', 'error'],
    ['unknown', 'skipped'],
    ['dead', 'error'],
    ['never', 'skipped'],
  ]);
  const [suite] = page.children;
  expect(suite?.attributes).toMatchObject({ tests: '6', failures: '1', errors: '2', skipped: '2' });
  for (const name of ['tests', 'failures', 'errors', 'time'])
    expect(page.attributes[name]).toBe(suite?.attributes[name]);
});

test('a report of nothing is one, too', () => {
  const nothing = { ...all(), scenarios: [], notRun: [], where: [] };
  const page = parseXml(junit(nothing));
  expect(wrongWith(page)).toEqual([]);
  expect(page.children[0]?.attributes).toMatchObject({ tests: '0', hostname: 'unknown' });
});

test('what no XML can hold, what ends a section, and half a character leave it valid and readable', () => {
  const hostile = '\u0000\u0008\u001b[2J ]]> <![CDATA[ &amp; \ud800 \udfff \ufffe \uffff "\'<script> &#0; \u{1f600}';
  const [first] = all().scenarios;
  if (first === undefined) throw new Error('no scenario');
  // As it would be if nothing had cleaned it before.
  const raw = {
    ...first,
    name: `n${hostile}`,
    component: hostile,
    verdict: 'Failed' as const,
    reasons: [hostile],
    hypothesis: hostile,
    collateral: [hostile],
  };
  const where = [{ context: hostile, host: hostile }];
  const page = parseXml(
    junit({ ...all(), title: hostile, scenarios: [raw], notRun: [{ name: hostile, says: hostile }], where }),
  );
  expect(wrongWith(page)).toEqual([]);
  const failure = casesOf(page)[0]?.children[0];
  expect(failure?.text).toContain(']]> <![CDATA[ &amp;');
  expect(failure?.text).toContain('&#0; \u{1f600}');
});

test('a message of five megabytes is cut where it is read, and valid where it is not', () => {
  const long = `${'x'.repeat(5_000_000)}${'<&"]]>\u0001'.repeat(1_000)}`;
  const cut = junit(reportWith(recordOf(1, 'long', { verdict: 'Failed', reasons: [long] })));
  expect(wrongWith(parseXml(cut))).toEqual([]);
  expect(cut.length).toBeLessThan(100_000);
  const report = all();
  const scenarios = report.scenarios.slice(1, 2).map(one => ({ ...one, reasons: [long] }));
  const page = parseXml(junit({ ...report, scenarios }));
  expect(wrongWith(page)).toEqual([]);
  expect(casesOf(page)[0]?.children[0]?.text).toHaveLength(long.length);
});

test('runs of one name are cases of their own: viewers show but the first of two that are named alike', () => {
  const twice = reportWith(recordOf(1, 'kill'), recordOf(2, 'kill', { verdict: 'Failed' }), recordOf(3, 'kill (2)'));
  const page = parseXml(junit(twice));
  expect(outcomesOf(page)).toEqual([
    ['kill', undefined],
    ['kill (2)', 'failure'],
    ['kill (2) (2)', undefined],
    ['dead', 'error'],
  ]);
});

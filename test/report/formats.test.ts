import { describe, expect, test } from 'vitest';
import { compare } from '../../src/report/compare.ts';
import { figuresOf, median } from '../../src/report/figures.ts';
import { csv } from '../../src/report/formats/csv.ts';
import { html } from '../../src/report/formats/html.tsx';
import { reportJson } from '../../src/report/formats/json.ts';
import { junit } from '../../src/report/formats/junit.ts';
import { code, escaped, markdown, summaryText } from '../../src/report/formats/markdown.ts';
import { timelineText } from '../../src/report/formats/timeline-text.ts';
import type { Report } from '../../src/report/model.ts';
import { hasInvisible } from '../../src/text/json.ts';
import { parseXml, wrongWith } from './junit-schema.ts';
import { diedFiles, filesOf, recordOf, reportOf, STATE } from './support.ts';

const FOLDER = `${STATE}/runs`;
const of = (...records: ReturnType<typeof recordOf>[]): Report => reportOf(FOLDER, filesOf(records));

const HOSTILE =
  '\u001b[2J<script>alert(1)</script> ![x](http://evil/x.png) | `a` ]]> "q" \u0000\ufffe \u202e =HYPERLINK("http://evil") <img src=x>';
const hostile = (): Report => of(recordOf(1, 'web-kill', { blind: [HOSTILE] }, HOSTILE));

describe('hostile text in a record', () => {
  test('draws nothing in HTML, loads nothing, and runs nothing', () => {
    const page = html(hostile());
    expect(page).not.toMatch(/<script|<img|<link|<iframe|@import|url\(/i);
    expect(page).toContain('&lt;script&gt;');
    expect([...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, to]) => to)).toEqual(['#s0']);
    expect(page).toContain('default-src &#x27;none&#x27;');
    expect(hasInvisible(page)).toBe(false);
  });

  test('makes no link, image, cell or HTML in Markdown', () => {
    const page = markdown(hostile());
    expect(page).not.toMatch(/<script|<img|[^\\]!\[x|https?:\/\/evil/);
    expect(hasInvisible(page)).toBe(false);
    const rows = page.split('\n').filter(line => line.startsWith('| Pod'));
    expect(rows.map(row => row.split(/(?<!\\)\|/).length)).toEqual([6]);
  });

  test('leaves JUnit well-formed and within what XML can hold', () => {
    const page = junit(of(recordOf(1, 'a', { verdict: 'Failed', residue: 1 }, HOSTILE)));
    expect(wrongWith(parseXml(page))).toEqual([]);
    expect(hasInvisible(page)).toBe(false);
    expect(page).not.toContain('\ufffe');
  });

  test('is no formula in a spreadsheet, and breaks no cell', () => {
    const lines = csv(of(recordOf(1, '=cmd()|x', { reasons: ['a "b", c'] }))).split('\r\n');
    expect(lines[1]).toMatch(/^'=cmd\(\)\|x,/);
    expect(lines[1]).toContain('"a ""b"", c"');
    expect(lines).toHaveLength(3);
  });

  test('moves no cursor in a terminal', () => {
    expect(summaryText(hostile()).join('\n')).not.toContain('\u001b');
  });
});

test('Markdown escapes what would mean something, and code ends at its own end', () => {
  expect(escaped('a|b *c* [d](e) <f> #g 1.5s')).toBe('a\\|b \\*c\\* \\[d\\]\\(e\\) &lt;f&gt; \\#g 1.5s');
  expect(escaped('1. no list')).toBe('1\\. no list');
  expect(code('a `b` c')).toBe('``a `b` c``');
});

test('JUnit counts residue and dead runs as errors, Degraded as a failure, Inconclusive as skipped', () => {
  const report = reportOf(FOLDER, {
    ...filesOf([
      recordOf(1, 'fine'),
      recordOf(2, 'bad', { verdict: 'Failed' }),
      recordOf(3, 'left', { residue: 2 }),
      recordOf(4, 'unknown', { verdict: 'Inconclusive' }),
    ]),
    ...diedFiles(5, 'dead'),
  });
  const page = junit({ ...report, notRun: [{ name: 'never', says: 'interrupted' }] });
  expect(wrongWith(parseXml(page))).toEqual([]);
  expect(page).toContain('<testsuites name="runs" tests="6" failures="1" errors="2" time=');
  expect(page).toContain('skipped="2"');
  expect(page).toMatch(/<error message="2 not proven restored" type="RESIDUE">/);
  expect(page).toMatch(/<testcase name="fine" classname="chaos\.T1\.web" time="1\.500">/);
});

test('the timeline is drawn to scale, with the time that the fault was in', () => {
  const [scenario] = of(recordOf(1)).scenarios;
  const lines = timelineText(scenario?.moments ?? []);
  expect(lines.map(line => line.slice(0, 22).trim())).toEqual([
    'T0 injected',
    'effect proven',
    'T1 first symptom',
    'T2 detected by the clu',
    'T5 steady with the fau',
    'T7 steady for the soak',
  ]);
  expect(lines[0]).toContain('|O===');
  expect(lines[5]).toMatch(/=-+O\| {3}14\.2s/);
});

test('times are medians with their range, and recoveries of different kinds are kept apart', () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([1, 2, 3, 10])).toBe(2.5);
  const ours = { selfHealed: false, restoredBy: 'mayday', verdict: 'Degraded' as const };
  const at = (recoveryMs: number) => ({ timings: { recoveryMs } });
  const { scenarios } = of(
    recordOf(1, 'a', at(1_000)),
    recordOf(2, 'b', at(9_000)),
    recordOf(3, 'c', at(2_000)),
    recordOf(4, 'd', { ...ours, ...at(60_000) }),
    recordOf(5, 'e', { ...ours, verdict: 'Resilient', ...at(0) }),
  );
  expect(figuresOf(scenarios)).toEqual([
    { name: 'healed by itself', count: 3, medianMs: 2_000, minMs: 1_000, maxMs: 9_000 },
    { name: 'steady again after our revert', count: 1, medianMs: 60_000, minMs: 60_000, maxMs: 60_000 },
  ]);
});

test('a comparison puts first what became worse; a run that was cut short says nothing', () => {
  const slow = { timings: { recoveryMs: 20_000 } };
  const old = of(
    recordOf(1, 'same'),
    recordOf(2, 'worse'),
    recordOf(3, 'slow'),
    recordOf(4, 'cut'),
    recordOf(5, 'was'),
  );
  const now = of(
    recordOf(1, 'same'),
    recordOf(2, 'worse', { verdict: 'Failed' }),
    recordOf(3, 'slow', slow),
    recordOf(4, 'cut', { verdict: 'Inconclusive', interrupted: 'SIGINT' }),
    recordOf(6, 'fresh'),
  );
  expect(compare(old, now).changes.map(({ name, change }) => [name, change])).toEqual([
    ['worse', 'regressed'],
    ['slow', 'slower'],
    ['cut', 'not-run'],
    ['was', 'not-run'],
    ['fresh', 'new'],
    ['same', 'same'],
  ]);
});

test('of several runs of one scenario the worst verdict and the median recovery are compared', () => {
  const rounds = of(recordOf(1), recordOf(2, 'web-kill', { verdict: 'Degraded' }), recordOf(3));
  const [change] = compare(of(recordOf(4)), rounds).changes;
  expect(change).toMatchObject({ change: 'regressed', now: { verdict: 'Degraded', runs: 3, recoveryMs: 4_200 } });
});

test('what nobody noticed is a finding, and who is to do it is shown as missing until somebody says', () => {
  const report = of(recordOf(1, 'web-kill', { timings: { injectedAt: 0, firstSymptomAt: 900 } }));
  expect(report.findings).toEqual([
    {
      text: 'a symptom that was not noticed: no Warning event, and no person said so',
      scenario: 'web-kill',
      command: 'mayday run lab/web-kill.yaml',
    },
  ]);
  expect(markdown(report)).toContain('NOT ASSIGNED');
});

test('what several runs of one scenario show alike is one finding', () => {
  const unnoticed = { timings: { injectedAt: 0, firstSymptomAt: 900 } };
  const report = of(recordOf(1, 'web-kill', unnoticed), recordOf(2, 'web-kill', unnoticed));
  expect(report.findings.map(({ text }) => text)).toEqual([
    'a symptom that was not noticed: no Warning event, and no person said so (in 2 runs)',
  ]);
});

test('JSON has its moments as text and its durations as milliseconds', () => {
  const [scenario] = reportJson(of(recordOf(1))).scenarios as {
    moments: Record<string, unknown>[];
    startedAt: unknown;
  }[];
  expect(scenario?.startedAt).toBe('2026-11-21T11:59:59.000Z');
  expect(scenario?.moments[2]).toEqual({
    id: 'T1',
    name: 'first symptom',
    at: '2026-11-21T12:00:00.900Z',
    afterMs: 900,
  });
});

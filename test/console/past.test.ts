import { describe, expect, it } from 'vitest';
import { pastUnder } from '../../src/cli/console/past.ts';
import type { Past } from '../../src/console/deps.ts';
import { NO_REPORTS, type ReportsView } from '../../src/console/screens/reports/view.ts';
import { lanesOfReport } from '../../src/console/screens/timeline/lanes.ts';
import { NO_TIMELINE } from '../../src/console/screens/timeline/view.ts';
import type { ConsoleState, RunView } from '../../src/console/store/state.ts';
import { MONO } from '../../src/console/widgets/theme.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import { compare } from '../../src/report/compare.ts';
import { markdown } from '../../src/report/formats/markdown.ts';
import type { Report } from '../../src/report/model.ts';
import type { PastRun } from '../../src/report/past.ts';
import { width } from '../../src/text/width.ts';
import { forbiddenIn, HOSTILE } from '../cli/hostile.ts';
import { filesOf, recordOf, reportOf, runId } from '../report/support.ts';
import { isAscii, isColoured } from '../support/ansi.ts';
import { script } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { stage } from './support/stage.ts';
import { painted, rows, run, SETTINGS, shown, state } from './support/view.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

const past = (nth: number, changes: Partial<PastRun> = {}): PastRun => ({
  kind: 'run',
  id: runId(nth),
  at: NOW - (10 - nth) * 60_000,
  name: `web-kill-${nth}`,
  type: 'PodKill',
  verdict: 'Resilient',
  recoveryMs: 4_200,
  notRun: 0,
  residue: 0,
  context: 'lab',
  ...changes,
});
const whole = ([record]: [RunRecord]): Report => reportOf(record.header.run, filesOf([record]));
const reports = (changes: Partial<ReportsView>, more: Partial<ConsoleState> = {}): ConsoleState =>
  state({ screens: ['deck', 'reports'], reports: { ...NO_REPORTS, phase: 'done', ...changes }, ...more });
const opened = (report: Report, top = 0): ConsoleState =>
  reports({ opened: { is: 'report', report }, top }, { screens: ['deck', 'reports', 'report'] });

const failed = (): Report =>
  whole([
    recordOf(2, 'web-kill', { verdict: 'Failed', reasons: ['not steady within 2m'], timings: { injectedAt: NOW } }),
  ]);
const fine = (): Report => whole([recordOf(1)]);

/** Runs of this console whose events the timeline draws. */
const live = (changes: Partial<RunView> = {}): RunView =>
  run({
    injectedAt: NOW - 60_000,
    events: [
      { event: 'phase', phase: 'Injecting', at: NOW - 60_500, run: 'r1' },
      { event: 'injected', writes: ['set image'], pods: [], recoveryDeadline: NOW, at: NOW - 60_000, run: 'r1' },
      { event: 'effect', state: 'proven', evidence: ['pod waits'], afterMs: 2_000, at: NOW - 58_000, run: 'r1' },
      {
        event: 'check',
        check: { name: 'Deployment shop/ledger Available', state: 'fail', expected: 'True', actual: 'False' },
        from: 'pass',
        afterMs: 5_000,
        at: NOW - 55_000,
        run: 'r1',
      },
    ],
    ...changes,
  });
const timeline = (changes: Partial<ConsoleState>): ConsoleState => state({ screens: ['deck', 'timeline'], ...changes });

describe('the reports screen', () => {
  it('lists when, what, verdict and recovery, newest under the cursor', () => {
    const at = reports({ runs: [past(1), past(2, { verdict: 'Failed', residue: 2 })], total: 2 });
    expect(rows(at)[4]).toMatch(/^▸ {2}\d\d-\d\d \d\d:\d\d run {3}web-kill-1 +Resilient +4\.2s/);
    expect(rows(at)[5]).toContain('2 REMAIN, Failed');
    expect(shown(at, 200, 50)).toMatch(/web-kill-1 +PodKill +Resilient +4\.2s lab/);
  });

  it('gives a name the columns that the results leave at 80 columns', () => {
    const name = 'knative-serving-controller-image-corrupt';
    expect(shown(reports({ runs: [past(1, { name: 'kserve-dependency-odh-model-kill' })] }))).toContain(
      'kserve-dependency-odh-model-kill ',
    );
    expect(shown(reports({ runs: [past(1, { name })] }))).toMatch(/knative-\S*…\S*corrupt /);
  });

  it('tells a suite by its counts, and what of it was not run', () => {
    const suite = past(1, { kind: 'suite', name: 'suite of 3 runs', counts: { Resilient: 1, Failed: 1 }, notRun: 1 });
    const { verdict: _, ...bare } = suite;
    expect(shown(reports({ runs: [bare] }), 120, 40)).toMatch(/suite suite of 3 runs.*1 Resilient, 1 Failed,/);
  });

  it('gives a record that cannot be read one line, and lists the others', () => {
    const at = reports({
      runs: [
        past(1, { name: '?', problem: '/home/alice/.local/state/mayday/runs/x/run.json: found no JSON' }),
        past(2),
      ],
    });
    expect(rows(at)[4]).toMatch(/cannot be read: \/home.*….*found no JSON/);
    expect(rows(at)[5]).toContain('web-kill-2');
  });

  it('claims that there is nothing only once it was read, and says then what to press', () => {
    expect(shown(reports({ phase: 'reading' }))).toContain('reading the records of this machine…');
    expect(shown(reports({ phase: 'reading' }))).not.toContain('nothing was run');
    expect(shown(reports({}))).toMatch(/nothing was run on this machine yet *\n +3 lists the experiments/);
    expect(shown(reports({ phase: 'failed', message: 'no such folder' }))).toContain(
      'could not be read: no such folder',
    );
    expect(shown(reports({ phase: 'reading', runs: [past(1)], total: 40 }))).toContain('reading: 1 of 40');
  });

  it('opens one with verdict, reasons, drawn times, checks and receipts', () => {
    const text = shown(opened(failed()), 120, 80);
    for (const words of [
      'FAILED',
      'not steady within 2m',
      'T0 injected',
      'CHECKS',
      'expected ',
      'again ',
      'mayday run',
    ])
      expect(text).toContain(words);
    expect(text).toContain('no Warning event about a watched object');
  });

  it('never scrolls beyond the last row', () => {
    const far = rows(opened(fine(), 9_999));
    expect(far[2]).toContain('the end');
    expect(far[22]?.trim()).not.toBe('');
  });

  it('says of two what regressed, and where they have nothing in common', () => {
    const both = (before: Report, now: Report): string =>
      shown(
        reports(
          { opened: { is: 'comparison', before, now, comparison: compare(before, now) } },
          { screens: ['deck', 'reports', 'report'] },
        ),
      );
    expect(both(fine(), failed())).toContain('1 regressed');
    expect(both(fine(), failed())).toMatch(/REGRESSED +web-kill *\n +Resilient, 4\.2s → Failed/);
    expect(both(fine(), fine())).toContain('nothing became worse');
    expect(both(fine(), whole([recordOf(3, 'other')]))).toContain('no experiment in common');
  });
});

describe('the timeline screen', () => {
  it('says what to press where there is nothing to draw', () => {
    expect(shown(timeline({}))).toContain('7 lists past runs: t on one of them draws it here');
  });

  it('draws a live run as far as it came, with what the check under the cursor expected and found', () => {
    const at = timeline({ runs: [live()] });
    expect(rows(at)[4]).toMatch(/^ {2}I━+E━+F━+ *$/);
    expect(shown(at)).toMatch(/▸ +\+5\.0s {2}F first symptom +Deployment shop\/ledger/);
    expect(shown(at)).toMatch(/Available: expected *\n +True, found False/);
    expect(rows(at)[5]).toMatch(/^ {2}0s +.* 1m *$/);
  });

  it('takes the moments of a run that ended from its own measurements', () => {
    const { events = [] } = live();
    const at = NOW - 60_000;
    const timings = {
      injectedAt: at,
      effectProvenAt: at + 2_000,
      firstSymptomAt: at + 5_000,
      revertedAt: at + 20_000,
      stableAt: at + 40_000,
    };
    const over = live({
      verdict: 'Resilient',
      endedAt: 1,
      isReverted: true,
      events: [
        ...events,
        {
          event: 'verdict',
          verdict: 'Resilient',
          reasons: ['fine'],
          timings,
          selfHealed: false,
          restoredBy: 'mayday',
          compat: { verdict: 'Resilient', why: '' },
          residue: 0,
          at: at + 40_500,
          run: 'r1',
        },
      ],
    });
    const screen = rows(timeline({ runs: [over] }));
    expect(screen[4]).toMatch(/^ {2}I━+E━+F━+R─+S─?/);
    expect(screen.join('\n').match(/first symptom/g)).toHaveLength(1);
  });

  it('draws runs chosen from reports beside those of this console, each once', () => {
    const lanes = lanesOfReport(fine());
    const both = timeline({ runs: [live()], timeline: { ...NO_TIMELINE, past: lanes } });
    expect(shown(both, 120, 40)).toContain('2 faults');
    expect(shown(both, 120, 40)).toMatch(/PodKill +web-kill/);
    const same = timeline({ runs: [live({ runId: runId(1) })], timeline: { ...NO_TIMELINE, past: lanes } });
    expect(shown(same, 120, 40)).toContain('1 fault,');
  });
});

describe('a lane from a report', () => {
  it('tells of each change of a check what was expected and found, at its moment', () => {
    const record = recordOf(1);
    const lost = { name: 'Deployment shop/web Available', state: 'fail' as const, expected: 'True', actual: 'False' };
    const at = (record.events.find(({ event }) => event === 'injected')?.at ?? 0) + 900;
    record.events.push({ event: 'check', check: lost, from: 'pass', afterMs: 900, at, run: record.header.run });
    const past = lanesOfReport(whole([record]));
    const screen = shown(timeline({ timeline: { ...NO_TIMELINE, past, at: 2 } }), 120, 40);
    const words = 'Deployment shop/web Available: expected True, found False';
    expect(screen).toContain(`+0.9s  F first symptom           ${words}`);
    expect(screen).toContain(`+0.9s    check lost              ${words}`);
  });
});

describe('both screens', () => {
  const all = (settings = SETTINGS): ConsoleState[] => [
    reports({ runs: [past(1), past(2, { verdict: 'Failed' })], marked: [`run ${runId(1)}`] }, { settings }),
    { ...opened(failed()), settings },
    timeline({ runs: [live()], timeline: { ...NO_TIMELINE, past: lanesOfReport(fine()) }, settings }),
  ];

  it.each(SIZES)('fit %i by %i, in mono and in ASCII', (columns, height) => {
    for (const one of all()) {
      const screen = rows(one, columns, height);
      expect(screen).toHaveLength(height);
      for (const text of screen) expect(width(text)).toBeLessThanOrEqual(columns);
      expect(isColoured(painted(one, MONO, columns, height).join(''))).toBe(false);
    }
    for (const one of all({ ...SETTINGS, ascii: true }))
      expect(isAscii(painted(one, MONO, columns, height).join(''))).toBe(true);
  });

  it('cannot be drawn on by hostile names', () => {
    for (const text of Object.values(HOSTILE)) {
      const record = recordOf(1, `web ${text}`, { reasons: [text] });
      const report = whole([record]);
      const screens = [
        reports({ runs: [past(1, { name: text, context: text }), past(2, { problem: text })] }),
        opened(report),
        timeline({ runs: [live({ experiment: text })], timeline: { ...NO_TIMELINE, past: lanesOfReport(report) } }),
      ];
      for (const one of screens)
        for (const row of rows(one)) {
          expect(forbiddenIn(row)).toBeUndefined();
          expect(width(row)).toBeLessThanOrEqual(80);
        }
    }
  });
});

describe('the keys of reports and timeline', () => {
  const known = (kept: string[]): { past: Past; keep: NonNullable<Parameters<typeof stage>[2]>['deps'] } => ({
    past: {
      list: async hear => hear([past(2), past(1)], 2),
      read: async id => (id === runId(1) ? fine() : failed()),
      text: async report => markdown(report),
    },
    keep: {
      keep: {
        save: async (name, text) => {
          kept.push(text);
          return `/saved/${name}`;
        },
        program: () => undefined,
        open: async () => undefined,
      },
    },
  });

  it('lead through four hundred reports to the oldest, and open that one', async () => {
    const many = Array.from({ length: 400 }, (_, i) => past(400 - i));
    const { past: port } = known([]);
    const open = stage(
      script(),
      { columns: 80, rows: 24 },
      { deps: { past: { ...port, list: async hear => hear(many, many.length) } } },
    );
    await open.waitFor('HEALTH');
    open.send('7');
    await open.waitFor(/REPORTS ─+ 400/);
    await open.waitFor(/^▸ .*web-kill-400 /m);
    open.send('\u001b[6~');
    await open.waitFor(/^▸ .*web-kill-390 /m);
    open.send('G');
    await open.waitFor(/^▸ .*web-kill-1 /m);
    open.send('\r');
    await open.waitFor('healed by itself: steady');
  });

  it('list, open, write, mark two, compare, and draw one on the timeline', async () => {
    const kept: string[] = [];
    const { past: port, keep } = known(kept);
    const one = stage(script(), { columns: 80, rows: 24 }, { deps: { past: port, ...keep } });
    await one.waitFor('HEALTH');
    await one.press('7', 'web-kill-2');
    await one.press('\r', 'not steady within 2m');
    await one.press('w', 'written, readable only by you: /saved/');
    expect(kept[0]).toBe(markdown(failed()));
    await one.press('\u001b', 'REPORTS');
    await one.press(' ', '1 of 2 marked');
    await one.press('j', /^▸ .*web-kill-1/m);
    await one.press(' ', '2 of 2 marked');
    await one.press('=', '1 regressed');
    await one.press('7', 'REPORTS');
    await one.press('t', 'MOMENTS web-kill');
    await one.waitFor(/▸ +\+14\.2s {2}S stable/);
    await one.press('\u001b[D', /▸ +\+4\.2s {2}H healed/);
  });

  it('says that two have to be marked before they can be compared', async () => {
    const { past: port, keep } = known([]);
    const one = stage(script(), { columns: 80, rows: 24 }, { deps: { past: port, ...keep } });
    await one.waitFor('HEALTH');
    await one.press('7', 'web-kill-2');
    await one.press('=', 'mark two with space');
  });
});

describe('the records of this machine', () => {
  it('are told as none where there is no folder', async () => {
    const heard: (readonly PastRun[])[] = [];
    await pastUnder('/nowhere/at/all').list(runs => heard.push(runs), new AbortController().signal);
    expect(heard).toEqual([[]]);
  });
});

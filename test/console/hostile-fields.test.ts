import { describe, expect, it } from 'vitest';
import { frame } from '../../src/console/app/frame/frame.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';
import { lanesOfReport } from '../../src/console/screens/timeline/lanes.ts';
import { type ConsoleState, EMPTY_MAYDAY } from '../../src/console/store/state.ts';
import { flat } from '../../src/console/widgets/layout.ts';
import { COLOUR, paint } from '../../src/console/widgets/theme.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import type { Report } from '../../src/report/model.ts';
import { ASCII, UNICODE } from '../../src/text/glyphs.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';
import { finding as triageFinding } from '../../src/triage/finding/build.ts';
import { conclude } from '../../src/triage/finding/result.ts';
import { GATES } from '../../src/triage/gates.ts';
import { forbiddenIn } from '../cli/hostile.ts';
import { filesOf, recordOf, reportOf, runId } from '../report/support.ts';
import { finding } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { fine, LINKED, run, state, summary, T } from './support/view.ts';

/** What a name may be made of to leave its cell: sequences, directions, marks that pile up, wide and invisible characters, broken halves. */
const PIECES = [
  '\u001b[2J',
  '\u001b[31m',
  '\u001b]52;c;cm0=\u0007',
  '\u001b]8;;x\u001b\\',
  '\u009b2J',
  '\u0090x\u009c',
  '\u001b',
  '\u0007',
  '\b',
  '\r',
  '\n',
  '\t',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u00ad',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u0301'.repeat(30),
  '\u20dd',
  '\ufe0f',
  '日本',
  '한',
  '👩‍👩‍👧',
  '🏳️‍🌈',
  '🇩🇪',
  '\ud800',
  '\udc00',
  '\u{e0041}',
  '\u3164',
  '\u115f',
  'ﷺ',
  '𒐫',
  'a',
  '-',
  'web',
  '0',
  '%s',
  '$(x)',
  ' '.repeat(9),
] as const;

function strings(seed: number): { next(): Clean; readonly made: number } {
  const random = seededRandom(seed);
  let made = 0;
  return {
    next() {
      made += 1;
      const length = random() < 0.1 ? 60 : 1 + Math.floor(random() * 8);
      return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join('') as Clean;
    },
    get made() {
      return made;
    },
  };
}

/** A report as hostile as the file it would be made of. */
function hostileReport(h: () => Clean): Report {
  const read = reportOf(runId(1), filesOf([recordOf(1)]));
  const [scenario] = read.scenarios;
  if (scenario === undefined) throw new Error('expected a scenario');
  return {
    ...read,
    title: h(),
    where: [{ context: h(), server: h(), user: h(), host: h() }],
    problems: [h()],
    notRun: [{ name: h(), says: h() }],
    scenarios: [
      {
        ...scenario,
        name: h(),
        type: h(),
        hypothesis: h(),
        reasons: [h()],
        moments: scenario.moments.map(moment => ({ ...moment, says: h() })),
        effect: { state: h(), evidence: [h()] },
        checks: [{ name: h(), expected: h(), before: h(), after: h(), ok: false }],
        receipts: [
          {
            type: 'PodKill',
            object: { apiVersion: 'v1', kind: h(), namespace: h(), name: h() },
            outcome: 'failed',
            verified: false,
            message: h(),
          },
        ],
        collateral: [h()],
        blind: [h()],
        retest: h(),
        record: h(),
      },
    ],
  };
}

/** A console whose every text of a cluster or a file is a new hostile one. */
function everywhere(h: () => Clean, size: { columns: number; rows: number }): ConsoleState {
  const ref = () => ({ apiVersion: 'v1', kind: h(), namespace: h(), name: h() });
  const found = finding(h(), { object: ref(), message: h(), experiment: h() } as never);
  const sick = triageFinding({
    rule: 'pod/config-key',
    severity: 'high',
    object: ref(),
    summary: h(),
    evidence: [h()],
    cause: h(),
    fixes: [{ text: h(), command: h(), safe: true }],
  });
  const gates = GATES.map(({ id, name }) => ({
    id,
    name,
    status: 'FAIL' as const,
    ms: 1,
    findings: id === 'G9' ? [sick] : [],
    blind: [],
  }));
  const rows = Array.from({ length: 3 }, () => ({
    uid: h(),
    ref: ref(),
    state: 'fail' as const,
    words: h(),
    labels: { [h()]: h() },
    created: NOW - 1_000,
  }));
  return {
    ...state(),
    ...size,
    link: { ...LINKED, context: h(), server: h(), user: h(), version: h() },
    kubeconfigChange: h(),
    shell: {
      ...state().shell,
      before: h(),
      otherClusters: [{ context: h(), live: 1, underWay: 1, residue: 0, isGuarded: false }],
      contexts: [{ name: h(), server: h(), user: h(), isCurrent: true, fingerprint: 'a' }],
    },
    health: summary(
      {
        pods: fine(3, {
          failing: 1,
          troubles: [
            { uid: 'u', namespace: h(), name: h(), what: h(), severity: 'fail', since: { at: NOW, exact: true } },
          ],
        }),
        nodes: fine(1, { sync: { state: 'blind', reason: h() } }),
      },
      {
        markers: [{ uid: 'u', type: h(), object: ref(), tool: 'mayday', experiment: h(), by: h(), host: h() }],
        locks: [{ operator: h(), holder: h(), since: NOW }],
      },
    ),
    catalogue: [{ path: h(), error: h() }],
    runs: [run({ experiment: h(), target: ref(), evidence: h() })],
    stream: [
      { key: 1, at: NOW, text: h(), tone: 'plain' },
      { key: 2, at: NOW, text: h(), tone: 'bad' },
    ],
    notice: { text: h(), tone: 'bad', until: undefined },
    leftovers: { count: 2, example: h() },
    mayday: {
      ...EMPTY_MAYDAY,
      phase: 'found',
      findings: [found],
      blind: [{ resource: h(), reason: h() }],
      notes: [h()],
      message: h(),
    },
    triage: { ...state().triage, phase: 'done', gates, result: conclude(gates), at: NOW, message: h(), top: 0 },
    object: {
      ...state().object,
      trail: [ref()],
      phase: 'ready',
      inspection: {
        object: ref(),
        sections: [
          {
            title: h(),
            rows: [
              { text: h(), state: 'fail' },
              { text: h(), depth: 2 },
            ],
            blind: h(),
          },
        ],
        yaml: [h(), h()],
        containers: [h()],
      },
    },
    tables: {
      ...state().tables,
      kinds: [{ kind: 'Pod', count: 3, sync: { state: 'live' } }],
      rows,
      all: 3,
      filter: h(),
      isTyping: true,
      cursor: rows[0]?.uid,
    },
    palette: { text: h(), at: 0 },
    reports: {
      ...state().reports,
      phase: 'done',
      runs: [
        { kind: 'run', id: '1', at: NOW, name: h(), type: h(), verdict: 'Failed', notRun: 0, residue: 1, context: h() },
        { kind: 'run', id: '2', at: NOW, name: '?', notRun: 0, residue: 0, problem: h() },
      ],
      opened: { is: 'report', report: hostileReport(h) },
    },
    timeline: { past: lanesOfReport(hostileReport(h)), lane: undefined, at: undefined },
  };
}

/** The console's own colours, which alone may reach a terminal beside words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told is told in them
const OWN = /\u001b\[[\d;]*m/g;

/** What holds the parts of one emoji together stays: it is seen, and takes no cell. */
const JOINED = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/gu;

/** What is wrong with a frame, in one line; undefined where nothing is. */
function wrongWith(painted: readonly string[], columns: number, rows: number): string | undefined {
  if (painted.length !== rows) return `expected ${rows} rows, found ${painted.length}`;
  for (const row of painted) {
    const text = row.replace(OWN, '');
    const odd = forbiddenIn(text.replace(JOINED, ''));
    if (odd !== undefined) return odd;
    if (width(text) > columns) return `${width(text)} of ${columns} columns: ${JSON.stringify(text)}`;
    if (text.includes('could not draw this screen')) return text;
  }
  return undefined;
}

const SIZES = [
  [80, 24],
  [200, 50],
  [60, 16],
  [40, 12],
] as const;

describe('ten thousand hostile texts in every field that shows what a cluster or a file says', () => {
  it('never draw: no control byte, no row wider than the terminal, no frame higher, on any screen', () => {
    const hostile = strings(20_261_128);
    let frames = 0;
    for (let round = 0; hostile.made < 10_000 || frames <= 500; round++) {
      const [columns, rows] = SIZES[Math.floor(round / 4) % SIZES.length] ?? [80, 24];
      const one = everywhere(hostile.next, { columns, rows });
      // Each state is looked at on a few screens in turn; over all rounds every screen sees thousands.
      for (const { id } of SCREENS.filter((_, at) => (at + round) % 4 === 0)) {
        const shown = {
          ...one,
          screens: ['deck', id] as ConsoleState['screens'],
          object: { ...one.object, shows: round % 8 < 4 ? ('about' as const) : ('yaml' as const) },
        };
        const isAscii = round % 5 === 0;
        const view = { columns, rows, now: { monotonic: T, server: NOW }, glyphs: isAscii ? ASCII : UNICODE };
        const painted = flat(frame(shown, view)).map(line => paint(line, COLOUR, isAscii));
        const wrong = wrongWith(painted, columns, rows);
        if (wrong !== undefined) expect.fail(`${id}: ${wrong}`);
        frames += 1;
      }
    }
    expect(hostile.made).toBeGreaterThanOrEqual(10_000);
    expect(frames).toBeGreaterThan(500);
  });
});

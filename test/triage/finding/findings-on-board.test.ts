import { describe, expect, test } from 'vitest';
import { BOARD, type BoardKind } from '../../../src/health/kinds.ts';
import { statusJson, statusText } from '../../../src/health/report.ts';
import { UNICODE } from '../../../src/text/glyphs.ts';
import type { Clean } from '../../../src/text/sanitise.ts';
import type { Severity } from '../../../src/triage/finding/finding.ts';
import { withFindings } from '../../../src/triage/finding/findings-on-board.ts';
import { conclude, type Triage } from '../../../src/triage/finding/result.ts';
import { GATES } from '../../../src/triage/gates.ts';
import { triageSummaryJson, triageSummaryText } from '../../../src/triage/report/summary.ts';
import type { GateResult } from '../../../src/triage/run/gate-run.ts';
import { fine, shown, state, summary } from '../../console/support/view.ts';
import { found } from '../support.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const ABOUT = { context: 'c', server: 's', user: 'u', now: NOW };

/** Triage that found these, in G9, and was blind where told. */
function triageOf(findings: ReturnType<typeof found>[], blind: GateResult['blind'] = []): Triage {
  const gates = GATES.map(({ id, name }): GateResult => {
    const here = id === 'G9' ? findings : [];
    return { id, name, status: 'PASS', ms: 1, findings: here, blind: id === 'G2' ? blind : [] };
  });
  return conclude(gates);
}

const lineOf = (whole: ReturnType<typeof summary>, kind: BoardKind) =>
  statusJson(whole, ABOUT).kinds.find(line => line.kind === kind);

const WHERE: readonly (readonly [BoardKind, string])[] = [
  ['nodes', 'Node/n1'],
  ['pods', 'Pod/shop/web-1'],
  ['deployments', 'Deployment/shop/web'],
  ['endpoints', 'Service/shop/web'],
  ['webhooks', 'ValidatingWebhookConfiguration/checks'],
  ['webhooks', 'MutatingWebhookConfiguration/changes'],
  ['crds', 'CustomResourceDefinition/widgets.demo.example.com'],
  ['leases', 'Lease/kube-system/scheduler'],
];

describe('the board and triage say the same', () => {
  test.each(WHERE)(
    'the line of %s is not fine when triage finds %s broken, though the quick look saw nothing',
    (kind, object) => {
      const whole = withFindings(summary(), triageOf([found('area/what', object, [], { severity: 'critical' })]), NOW);
      expect(lineOf(whole, kind)).toMatchObject({ status: 'FAIL', failing: 1 });
      for (const other of BOARD.filter(one => one !== kind))
        expect(lineOf(whole, other)).toMatchObject({ status: 'ok' });
    },
  );

  test.each(['critical', 'high'] as const)(
    'a %s root on an object of no line of the board still makes board and status say FAIL',
    severity => {
      const quota = found('quota/exceeded', 'ResourceQuota/shop/team', [], {
        severity,
        summary: 'the quota is exceeded',
      });
      const triage = triageOf([quota]);
      const [line] = triageSummaryText(triage, ABOUT, UNICODE);
      expect(line).toMatch(/^✗ FAIL {2}triage .* 1 root cause$/);
      expect(triageSummaryJson(triage)).toMatchObject({ status: 'FAIL', failing: 1, worst: { gate: 'G9', severity } });
      for (const columns of [80, 200]) {
        const screen = shown(
          state({ triage: { ...state().triage, phase: 'done', result: triage, at: NOW } }),
          columns,
          30,
        );
        expect(screen).toMatch(/✗ triage +1 root cause/);
        expect(screen).toContain('ResourceQuota');
      }
    },
  );

  test.each(['critical', 'high', 'warn'] as const)(
    'an object that the quick look and triage both name is counted once, as bad as triage says: %s',
    severity => {
      const trouble = {
        uid: 'u',
        namespace: 'shop' as Clean,
        name: 'web' as Clean,
        what: 'Unavailable' as Clean,
        since: { at: NOW, exact: true },
      };
      const quick = summary({ deployments: fine(3, { failing: 1, troubles: [{ ...trouble, severity: 'fail' }] }) });
      const whole = withFindings(quick, triageOf([found('workload/x', 'Deployment/shop/web', [], { severity })]), NOW);
      const isWarning = severity === 'warn';
      expect(lineOf(whole, 'deployments')).toMatchObject({ failing: isWarning ? 0 : 1, warning: isWarning ? 1 : 0 });
      expect(lineOf(whole, 'deployments')?.troubles).toHaveLength(1);
    },
  );

  test('an object in a list that was cut is not counted twice, and never as fine', () => {
    const troubles = Array.from({ length: 60 }, (_, i) => ({
      uid: `p${i}`,
      namespace: 'shop' as Clean,
      name: `web-${i}` as Clean,
      severity: 'warn' as const,
      what: 'Terminating' as Clean,
      since: { at: NOW, exact: true },
    }));
    const quick = summary({ pods: fine(500, { warning: 100, troubles }) });
    const whole = withFindings(quick, triageOf([found('pod/x', 'Pod/shop/other')]), NOW);
    expect(lineOf(whole, 'pods')).toMatchObject({ status: 'FAIL', failing: 1 });
  });

  test('findings that only inform change no line', () => {
    const severity: Severity = 'info';
    expect(withFindings(summary(), triageOf([found('pod/x', 'Pod/shop/a', [], { severity })]), NOW)).toEqual(summary());
  });
});

describe('what is not known of triage', () => {
  test('before its first look the board says that it is looking, and never that nothing was found', () => {
    expect(shown(state())).toMatch(/triage +looking/);
    expect(shown(state())).not.toContain('nothing found');
  });

  test('a gate that could not see all is BLIND, in the status and on the board', () => {
    const triage = triageOf([], [{ what: 'Node' as Clean, reason: 'forbidden' as Clean }]);
    expect(triageSummaryText(triage, ABOUT, UNICODE).join()).toMatch(/^\? BLIND triage .*BLIND in G2$/);
    expect(triageSummaryJson(triage)).toMatchObject({ status: 'BLIND', blind: ['G2'], failing: 0 });
    const screen = shown(state({ triage: { ...state().triage, phase: 'done', result: triage, at: NOW } }));
    expect(screen).toMatch(/\? triage +BLIND in G2/);
  });

  test('a look that failed is BLIND, with its reason', () => {
    expect(triageSummaryText({ reason: 'not finished in time' as Clean }, ABOUT, UNICODE)).toHaveLength(1);
    const failed = state({ triage: { ...state().triage, phase: 'failed', message: 'no answer' } });
    expect(shown(failed)).toMatch(/\? triage +BLIND no answer/);
  });
});

test('status names the gate, the object and since when of the root cause to begin with, and counts what follows', () => {
  const since = { at: NOW - 60_000, exact: false };
  const root = found('pod/image-pull', 'Deployment/shop/web', [], { summary: 'image pull fails', since });
  const triage = triageOf([root, found('service/no-endpoints', 'Service/shop/web', ['Deployment/shop/web'])]);
  const text = [...triageSummaryText(triage, ABOUT, UNICODE), ...statusText(summary(), ABOUT, UNICODE)].join('\n');
  expect(text).toContain('1 root cause, 1 follows');
  expect(text).toContain('G9 Deployment shop/web  image pull fails  at least 1m');
});

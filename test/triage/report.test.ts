import { expect, test } from 'vitest';
import { ASCII } from '../../src/text/glyphs.ts';
import { width } from '../../src/text/width.ts';
import type { Root } from '../../src/triage/finding/chain.ts';
import { conclude, findingId, outlookOf } from '../../src/triage/finding/result.ts';
import { GATES } from '../../src/triage/gates.ts';
import { triageJson } from '../../src/triage/report/json.ts';
import { triageMarkdown } from '../../src/triage/report/markdown.ts';
import { objectText } from '../../src/triage/report/object.ts';
import { triageText } from '../../src/triage/report/text.ts';
import type { GateResult } from '../../src/triage/run/gate-run.ts';
import { statusOf } from '../../src/triage/run/gate-run.ts';
import { viewOf } from '../support/view.ts';
import { found } from './support.ts';

const now = Date.UTC(2026, 10, 21, 12);
const about = { context: 'prod', server: 'https://10.0.0.1:6443', user: 'alice', now };
const drawing = { glyphs: ASCII, columns: 80 };

function gatesOf(findings: Record<string, ReturnType<typeof found>[]>, blind: GateResult['blind'] = []): GateResult[] {
  return GATES.map(({ id, name }) => {
    const here = findings[id] ?? [];
    const spots = id === 'G9' ? blind : [];
    return { id, name, status: statusOf(here, spots), ms: 1, findings: here, blind: spots };
  });
}

const since = { at: now - 12 * 60_000, exact: true };
const incident = conclude(
  gatesOf({
    G4: [
      found('webhook/no-endpoints', 'ValidatingWebhookConfiguration/hook', ['Service/shop/hook'], {
        summary: 'webhook dead: its Service has no endpoints',
      }),
    ],
    G9: [
      found('service/no-endpoints', 'Service/shop/hook', ['Deployment/shop/hook'], { summary: 'no endpoints' }),
      found('pod/config-key', 'Deployment/shop/hook', [], {
        summary: 'container manager cannot start: its ConfigMap lacks a key',
        cause: 'ConfigMap shop/hook-config has no key "tls-cert"; it has "tls.cert"',
        since,
        evidence: [
          'status.containerStatuses[manager].state.waiting: CreateContainerConfigError "couldn\'t find key tls-cert in ConfigMap shop/hook-config"',
        ],
        fixes: [
          {
            text: 'Rename the key in the ConfigMap.',
            command: 'kubectl --context prod edit configmap/hook-config -n shop',
          },
        ],
      }),
      found('workload/old', 'Deployment/shop/old', [], { severity: 'warn', summary: 'rollout paused' }),
    ],
  }),
);

test('the text names the root first, then what follows from it, and fits 80 columns', () => {
  const lines = triageText(incident, about, drawing);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "prod  https://10.0.0.1:6443  as alice  2026-11-21T12:00:00Z

    x HIGH Deployment shop/hook  12m
      container manager cannot start: its ConfigMap lacks a key
      cause: ConfigMap shop/hook-config has no key "tls-cert"; it has "tls.cert"
        status.containerStatuses[manager].state.waiting: CreateContainerConfigError
        "couldn't find key tls-cert in ConfigMap shop/hook-config"
      fix: Rename the key in the ConfigMap.
        kubectl --context prod edit configmap/hook-config -n shop
      2 follow from it:
        > Service shop/hook: no endpoints
        > ValidatingWebhookConfiguration hook: webhook dead: its Service has no
          endpoints
      pod/config-key  G9  mayday fix 7a9ce86f

    to watch
      ! Deployment shop/old: rollout paused

    + G0 API server            PASS
    + G1 chaos                 PASS
    + G2 nodes                 PASS
    + G3 APIs and CRDs         PASS
    x G4 admission             FAIL  1 finding from G9
    + G5 GitOps engine         PASS
    + G6 GitOps applications   PASS
    + G7 controllers           PASS
    + G8 logs                  PASS
    x G9 workloads and objects FAIL  3 findings

    1 root cause, 2 findings follow"
  `);
  for (const line of lines) if (!line.includes('kubectl')) expect(width(line), line).toBeLessThanOrEqual(80);
});

const [first] = incident.roots as [Root];

test('the JSON has roots with their gate and what follows, ISO times, and the gates', () => {
  const json = triageJson(incident, about);
  expect(json.roots[0]).toMatchObject({
    rule: 'pod/config-key',
    gate: 'G9',
    since: '2026-11-21T11:48:00.000Z',
    sinceExact: true,
    follows: [
      { rule: 'service/no-endpoints', gate: 'G9', by: findingId(first.finding) },
      { rule: 'webhook/no-endpoints', gate: 'G4' },
    ],
  });
  expect(json.gates.map(({ id, status }) => `${id} ${status}`).join(', ')).toBe(
    'G0 PASS, G1 PASS, G2 PASS, G3 PASS, G4 FAIL, G5 PASS, G6 PASS, G7 PASS, G8 PASS, G9 FAIL',
  );
  // What is broken in G4 follows from G9: nobody should begin there.
  expect(json.gates[4]).toMatchObject({ from: ['G9'] });
  expect(json.gates[5]).not.toHaveProperty('after');
});

test('the id of a finding does not change with what it counts', () => {
  const of = (summary: string, name = 'a') => findingId(found('pod/x', `Pod/shop/${name}`, [], { summary }));
  expect(of('3 of 5 pods')).toBe(of('4 of 5 pods'));
  expect(of('3 of 5 pods')).not.toBe(of('3 of 5 pods', 'b'));
});

test('a root that proves worse by what follows makes its own gate FAIL', () => {
  const { gates } = conclude(
    gatesOf({
      G2: [found('node/cordoned', 'Node/n', [], { severity: 'warn' })],
      G9: [found('pod/unschedulable', 'Deployment/shop/web', ['Node/n#node/cordoned'])],
    }),
  );
  expect(gates.find(({ id }) => id === 'G2')).toMatchObject({ status: 'FAIL', findings: [{ severity: 'high' }] });
  expect(gates.find(({ id }) => id === 'G3')).toMatchObject({ status: 'PASS', after: 'G2' });
});

test('nothing found, something not seen and something broken are told apart', () => {
  const spot = [{ what: 'Pod' as never, reason: 'forbidden' as never }];
  const warn = found('pod/x', 'Pod/a/b', [], { severity: 'warn' });
  expect(outlookOf(conclude(gatesOf({ G9: [warn] })))).toBe('clear');
  expect(outlookOf(conclude(gatesOf({}, spot)))).toBe('blind');
  expect(outlookOf(incident)).toBe('failed');
  expect(triageText(conclude(gatesOf({})), about, drawing).at(-1)).toBe('nothing is broken');
  expect(triageText(conclude(gatesOf({}, spot)), about, drawing).slice(-3)).toEqual([
    '? G9 workloads and objects BLIND cannot see Pod (forbidden)',
    '',
    'nothing broken in what could be read; BLIND in G9: not everything could be read',
  ]);
});

test('many objects that fail alike are told once', () => {
  const findings = Array.from({ length: 30 }, (_, i) =>
    found('pod/image-pull', `Deployment/shop/web-${i}`, [], { summary: 'image cannot be pulled' }),
  );
  const lines = triageText(conclude(gatesOf({ G9: findings })), about, drawing);
  expect(lines.filter(line => line.includes('image cannot be pulled'))).toHaveLength(1);
  expect(lines.join(' ').replace(/ +/g, ' ')).toContain('and 23 more');
});

test('Markdown of hostile text holds no markup of it', () => {
  const hostile = found('pod/x', 'Pod/a/b', [], {
    summary: '<img src=x> [a](b) **c**',
    evidence: ['```', 'x'],
  });
  const text = triageMarkdown(conclude(gatesOf({ G9: [hostile] })), about).join('\n');
  expect(text).toContain('\\<img src=x\\> \\[a\\](b) \\*\\*c\\*\\*');
  expect(text).toContain('````\n```\nx\n````');
});

test('"nothing is broken" is not said alone while a change is under way', () => {
  const change = found('rollout/under-way', 'Deployment/shop/web', [], {
    severity: 'info',
    summary: 'not settled yet: 2 of 3 pods updated',
  });
  const unsettled = conclude(gatesOf({ G9: [change] }));
  const lines = triageText(unsettled, about, drawing);
  expect(lines).toContain('under way');
  expect(lines.join('\n')).toContain('Deployment shop/web: not settled yet: 2 of 3 pods updated');
  expect(lines.at(-1)).toBe('nothing is broken; 1 workload has not settled yet');
  expect(triageMarkdown(unsettled, about)).toContain('## Under way');
  expect(outlookOf(unsettled)).toBe('clear');
  const look = {
    object: viewOf([{ kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }]).all('Deployment'),
  };
  const [object] = look.object;
  expect(objectText({ object: object as never, related: [], triage: unsettled })).toContain('has not settled yet');
});

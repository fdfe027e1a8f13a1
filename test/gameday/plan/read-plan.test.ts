import { expect, test } from 'vitest';
import { issueLine } from '../../../src/experiment/report.ts';
import { readPlan } from '../../../src/gameday/plan/read-plan.ts';

const PLAN = `apiVersion: mayday.dev/v1alpha1
kind: GameDay
metadata:
  name: autumn
spec:
  objective: learn who notices
  scope:
    namespaces: [kserve]
  people:
    - {name: Ana, role: owner}
  agenda:
    - name: the controller dies
      experiment: kserve/main-controller-kill.yaml
    - name: somebody drains a node
      byHand: kubectl drain node-1
      hypothesis: nobody notices
  probes:
    - name: predictions
      http: {url: "http://127.0.0.1:1/health", within: 500ms}
    - name: error rate
      prometheus: {url: "http://127.0.0.1:9090", query: "sum(rate(errors[1m]))", max: 0.01}
`;

const linesOf = (text: string): string[] => {
  const reading = readPlan(text, 'day.yaml');
  return reading.ok ? [] : reading.issues.map(issueLine);
};

test('a plan is read with its defaults, lengths of time in milliseconds', () => {
  const reading = readPlan(PLAN, 'day.yaml');
  if (!reading.ok) throw new Error(reading.issues.map(issueLine).join('\n'));
  const { spec } = reading.plan.day;
  expect(spec.agenda.map(({ name, set }) => [name, set])).toEqual([
    ['the controller dies', []],
    ['somebody drains a node', []],
  ]);
  expect(spec.probes[0]?.http).toEqual({ url: 'http://127.0.0.1:1/health', within: 500, status: [200] });
  expect(spec.abort).toEqual({
    collateral: { for: 10_000, except: [] },
    probes: { brokenFor: 60_000 },
    api: { p95: 5_000, errors: 5, window: 30_000 },
    watch: { lostFor: 15_000 },
    timeBox: 7_200_000,
    secondInjection: true,
    incident: { for: 10_000 },
    clockSkew: 5_000,
    ttlOvershoot: 10_000,
  });
  expect(reading.plan.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['an unknown field', ['objective:', 'objektive:'], 'line 6: spec.objektive: expected only objective, scope'],
  ['an unknown field, suggested', ['objective:', 'objektive:'], '(did you mean objective?)'],
  [
    'no owner',
    ['role: owner', 'role: observer'],
    'line 9: spec.people: expected one person with the role owner, found 0',
  ],
  [
    'a role that there is not',
    ['role: owner', 'role: boss'],
    'spec.people[0].role: expected owner or coordinator or reporter or observer, found "boss"',
  ],
  [
    'two ways to do a scenario',
    ['byHand:', 'suite: x\n      byHand:'],
    'expected exactly one of experiment, suite, byHand, found suite and byHand',
  ],
  [
    'by hand without a hypothesis',
    ['      hypothesis: nobody notices\n', ''],
    'spec.agenda[1].hypothesis: expected what you think will happen, found nothing',
  ],
  ['PromQL without bounds', [', max: 0.01', ''], 'spec.probes[1].prometheus: expected min, max or both, found neither'],
  [
    'a length of time that is none',
    ['500ms', '500'],
    'spec.probes[0].http.within: expected text, found the number 500',
  ],
  ['a negative length of time', ['500ms', '-5s'], 'above zero, found "-5s"'],
  [
    'an address that is none',
    ['"http://127.0.0.1:9090"', 'prom'],
    'spec.probes[1].prometheus.url: expected an address such as "http://host:9090", found "prom"',
  ],
  [
    'the same name twice',
    ['somebody drains a node', 'the controller dies'],
    'spec.agenda: expected every name once, found "the controller dies" twice',
  ],
  [
    'a list that is none',
    ['namespaces: [kserve]', 'namespaces: kserve'],
    'line 8: spec.scope.namespaces: expected a list, found "kserve"',
  ],
  [
    'an empty list',
    ['namespaces: [kserve]', 'namespaces: []'],
    'spec.scope.namespaces: expected at least one, found an empty list',
  ],
  ['a missing part', ['  objective: learn who notices\n', ''], 'spec.objective: expected text, found nothing'],
  ['another kind', ['kind: GameDay', 'kind: ChaosExperiment'], 'kind: expected GameDay, found ChaosExperiment'],
  [
    'an abort condition mistyped',
    ['  probes:\n', '  abort: {colateral: false}\n  probes:\n'],
    'spec.abort.colateral: expected only collateral',
  ],
  [
    'a bound within a condition',
    ['  probes:\n', '  abort: {collateral: {for: soon}}\n  probes:\n'],
    'spec.abort.collateral.for: expected a duration',
  ],
  [
    'a condition that is true',
    ['  probes:\n', '  abort: {incident: true}\n  probes:\n'],
    'spec.abort.incident: expected false or fields, found the boolean true',
  ],
  [
    'a freeze that ends before it begins',
    [
      '  probes:\n',
      '  freeze: [{from: "2026-12-24T00:00:00Z", to: "2026-12-23T00:00:00Z", why: holidays}]\n  probes:\n',
    ],
    'spec.freeze[0].to: expected a moment after',
  ],
])('what is wrong is told in one line: %s', (_, [from = '', to = ''], line) => {
  expect(PLAN).toContain(from);
  expect(linesOf(PLAN.replace(from, to)).join('\n')).toContain(line);
});

test.each([
  ['', 'expected a GameDay, found an empty document'],
  ['a: [', 'line 1: not YAML'],
  [`${PLAN}---\n${PLAN}`, 'expected one document, found 2'],
  ['[]', 'expected fields, found an empty list'],
])('no plan at all: %j', (text, line) => {
  expect(linesOf(text)).toEqual([expect.stringContaining(line)]);
});

const ALERTS = `${PLAN}  alerts:
    prometheus: https://prometheus.example
    http_config:
`;

test('secrets of monitoring are named by file, from the folder of the plan, or by variable', () => {
  const text = `${ALERTS}      authorization: {credentials_file: token}
      tls_config: {ca_file: /etc/ca.crt}
    match: {config_file: app.conf}
`;
  const reading = readPlan(text, '/plans/day.yaml');
  if (!reading.ok) throw new Error(reading.issues.map(issueLine).join('\n'));
  expect(reading.plan.day.spec.alerts).toMatchObject({
    http_config: {
      authorization: { type: 'Bearer', credentials_file: '/plans/token' },
      tls_config: { ca_file: '/etc/ca.crt' },
    },
    match: { config_file: 'app.conf' },
  });
});

test.each([
  ['a token', `${ALERTS}      authorization: {credentials: s3cret}\n`, /found this unknown field/],
  ['a password', `${ALERTS}      basic_auth: {username: a, password: s3cret}\n`, /found this unknown field/],
  [
    'a password in an address',
    PLAN.replace('http://127.0.0.1:1/', 'http://a:s3cret@127.0.0.1:1/'),
    /name them in http_config/,
  ],
  [
    'one in what is no address',
    PLAN.replace('http://127.0.0.1:1/', 'http://a:s3cret@x y/'),
    /name them in http_config/,
  ],
  [
    'no secret at all',
    `${ALERTS}      authorization: {}\n`,
    /expected exactly one of credentials_file, credentials_env, found none/,
  ],
])('%s in the plan is refused, and not shown', (_, text, says) => {
  const lines = linesOf(text).join('\n');
  expect(lines).toMatch(says);
  expect(lines).not.toContain('s3cret');
});

test('a suite of the agenda says how many runs go side by side and how long each waits; nothing else does', () => {
  const suite = 'suite: kserve\n      parallel: 2\n      gate: 5m';
  const reading = readPlan(PLAN.replace('experiment: kserve/main-controller-kill.yaml', suite), 'day.yaml');
  if (!reading.ok) throw new Error(reading.issues.map(issueLine).join('\n'));
  expect(reading.plan.day.spec.agenda[0]).toMatchObject({ parallel: 2, gate: 300_000 });
  expect(linesOf(PLAN.replace('main-controller-kill.yaml', 'main-controller-kill.yaml\n      parallel: 2'))).toEqual([
    expect.stringContaining('spec.agenda[0].parallel: expected it only beside suite, found another scenario'),
  ]);
});

import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import type { Plan } from '../../src/faults/contract.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { dryRunWrites } from '../../src/safety/dry-run.ts';
import { planGates } from '../../src/safety/gates.ts';
import { setLatch } from '../../src/safety/latch.ts';
import { preflight, refusalOf } from '../../src/safety/preflight.ts';
import { planLines, planReport } from '../../src/safety/report.ts';
import { type Document, ofType } from '../experiment/documents.ts';
import { podOf } from '../support/deployments.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';

function experiment(
  type: 'PodKill' | 'ConfigDrift' | 'FinalizerBlock' | 'ImageCorrupt' | 'RBACRevoke',
  parameters: Record<string, string>,
  change?: (document: Document) => void,
): LoadedExperiment {
  const loading = loadExperiment(ofType(type, parameters, change), 'x.yaml');
  if (!loading.ok) throw new Error(JSON.stringify(loading.errors));
  return loading.loaded;
}

const pod = (name: string): KubeObject =>
  podOf('web', name, {
    spec: { volumes: [{ configMap: { name: 'config' } }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
const config: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'config', namespace: 'shop' },
  data: { mode: 'live' },
};
const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token', namespace: 'shop' },
  data: { password: 'czNjcmV0' },
};

const KILL = () => experiment('PodKill', {});
const DRIFT = (change?: (document: Document) => void) => experiment('ConfigDrift', { value: 'chaos' }, change);
const gatesOf = async (api: FakeApi, loaded: LoadedExperiment) =>
  (await preflight(api, loaded, testFacts())).gates.map(
    gate => `${gate.ok ? 'ok' : 'STOP'} ${gate.gate}: ${gate.reason}`,
  );

describe('preflight', () => {
  it('passes a harmless injection and says what it asked', async () => {
    const made = await preflight(fakeApi([pod('a')]), KILL(), testFacts());
    expect(isRefusal(made.plan)).toBe(false);
    expect(refusalOf(made.gates)).toBeUndefined();
    expect(made.reads).toEqual(['all Pods in shop with app=web']);
    expect(
      made.permissions.map(({ verb, resource, namespace, for: purpose, allowed }) => [
        verb,
        resource,
        namespace,
        purpose,
        allowed,
      ]),
    ).toEqual([
      ['list', 'pods', 'shop', 'inject', true],
      ['delete', 'pods', 'shop', 'inject', true],
    ]);
    expect(made.gates.map(gate => gate.gate)).toEqual([
      'plan',
      'danger',
      'namespaces',
      'forbidden resources',
      'protected names',
      'pods',
      'permissions',
      'latch',
    ]);
  });

  it('writes nothing', async () => {
    const api = fakeApi([config, pod('a')]);
    await preflight(api, DRIFT(), testFacts());
    const writes = api.log.filter(
      request => !['get', 'list'].includes(request.verb) && request.kind !== 'SelfSubjectAccessReview',
    );
    expect(writes).toEqual([]);
  });

  it('counts pods for every type, not only where a count is asked for', async () => {
    const gates = await gatesOf(fakeApi([config, pod('a'), pod('b')]), DRIFT());
    expect(gates).toContain('STOP pods: 2 in reach, at most 1 allowed: raise maxPodsAffected or narrow the target');
  });

  it('needs the permissions to take it out again as well', async () => {
    const api = fakeApi([config]);
    api.deny(({ verb, resource }) => verb === 'patch' && resource === 'configmaps');
    const made = await preflight(api, DRIFT(), testFacts());
    expect(refusalOf(made.gates)).toEqual({
      is: 'refusal',
      code: 'not-permitted',
      message: 'permissions: tester may not patch configmaps in shop (to inject), patch configmaps in shop (to revert)',
    });
    expect(made.gates.find(gate => gate.gate === 'permissions')?.code).toBe('forbidden');
  });

  it('takes no answer for no permission', async () => {
    const api = fakeApi([config]);
    api.script({
      on: request => request.kind === 'SelfSubjectAccessReview',
      times: 99,
      answer: failing('unreachable', 'timeout'),
    });
    const gate = (await preflight(api, DRIFT(), testFacts())).gates.find(item => item.gate === 'permissions');
    expect(gate).toMatchObject({ ok: false, code: 'blind' });
  });

  it('honours the latch, and one that it cannot read', async () => {
    const api = fakeApi([pod('a')]);
    await setLatch(api, { by: 'kim', why: 'incident 7', at: '2026-11-21T12:00:00Z' });
    expect(refusalOf((await preflight(api, KILL(), testFacts())).gates)).toMatchObject({
      code: 'latched',
      message: 'latch: latched by kim at 2026-11-21T12:00:00Z (incident 7): no new injections until mayday latch off',
    });
    const blind = fakeApi([pod('a')]);
    blind.script({ on: request => request.kind === 'ConfigMap', answer: failing('forbidden', 'no') });
    expect((await preflight(blind, KILL(), testFacts())).gates.at(-1)).toMatchObject({ ok: false, code: 'blind' });
  });

  it('has the planner’s no as its first gate', async () => {
    expect((await gatesOf(fakeApi(), KILL()))[0]).toBe(
      'STOP plan: expected pods with app=web in shop, found none: check the selector and the namespace',
    );
  });
});

describe('gates over what would really be written', () => {
  const planOf = async (loaded: LoadedExperiment, api = fakeApi([config])): Promise<Plan> => {
    const { plan } = await preflight(api, loaded, testFacts());
    if (isRefusal(plan)) throw new Error(plan.message);
    return plan;
  };
  const failed = (loaded: LoadedExperiment, plan: Plan) =>
    planGates(loaded.experiment, plan)
      .filter(gate => !gate.ok)
      .map(gate => `${gate.gate}: ${gate.reason}`);
  const moved = (plan: Plan, on: Partial<Plan['target']>): Plan => ({
    ...plan,
    writes: plan.writes.map(write => ({ ...write, on: { ...write.on, ...on } })),
  });

  it.each([['ConfigMap/config'], ['configmap/shop/config'], ['config']])(
    'stop a forbidden resource by any of its names: %s',
    async name => {
      const loaded = DRIFT(document => {
        document.spec.blastRadius.forbiddenResources = [name];
      });
      expect(failed(loaded, await planOf(loaded))).toEqual([
        'forbidden resources: ConfigMap shop/config is one of forbiddenResources',
      ]);
    },
  );

  it('stop a write outside the allowed namespaces, or to the cluster', async () => {
    const plan = await planOf(DRIFT());
    expect(failed(DRIFT(), moved(plan, { namespace: 'warehouse' }))).toEqual([
      'namespaces: ConfigMap warehouse/config is outside allowedNamespaces (shop)',
    ]);
    const { namespace: _namespace, ...clustered } = plan.target;
    const write = plan.writes[0];
    if (write === undefined) throw new Error('no write');
    expect(failed(DRIFT(), { ...plan, writes: [{ ...write, on: clustered }] })).toEqual([
      'namespaces: ConfigMap config is cluster-scoped, and the blast radius is not',
    ]);
  });

  it('stop a protected or reserved name, however it came into the plan', async () => {
    const plan = await planOf(DRIFT());
    expect(failed(DRIFT(), moved(plan, { name: 'coredns' }))).toEqual([
      'protected names: ConfigMap shop/coredns: coredns is protected: the cluster itself depends on it',
    ]);
    expect(failed(DRIFT(), moved(plan, { name: 'chaos-rollback-x' }))[0]).toMatch(/^protected names: /);
  });

  it('stop danger that was not declared', async () => {
    const loaded = DRIFT();
    const { injection } = loaded.experiment.spec;
    const sneaky: LoadedExperiment = {
      ...loaded,
      experiment: {
        ...loaded.experiment,
        spec: {
          ...loaded.experiment.spec,
          injection: { ...injection, parameters: { ...injection.parameters, resourceType: 'Secret' } },
        },
      },
    };
    expect(failed(sneaky, await planOf(loaded))).toEqual([
      'danger: ConfigDrift with these parameters needs dangerLevel: high (the target is a Secret), the experiment says nothing',
    ]);
  });
});

describe('the server’s own opinion', () => {
  it('is asked for every write and keeps nothing', async () => {
    const api = fakeApi([config]);
    const { plan } = await preflight(api, DRIFT(), testFacts());
    if (isRefusal(plan)) throw new Error(plan.message);
    expect(await dryRunWrites(api, plan)).toMatchObject([{ ok: true }]);
    expect(api.all()[0]?.data).toEqual({ mode: 'live' });
    api.script({ on: request => request.verb === 'patch', answer: failing('forbidden', 'admission says no') });
    expect(await dryRunWrites(api, plan)).toMatchObject([{ ok: false, message: 'admission says no' }]);
  });
});

describe('the report of a plan', () => {
  const leak = () =>
    experiment(
      'ConfigDrift',
      { name: 'token', key: 'password', value: 'wr0ng-value', resourceType: 'Secret' },
      document => {
        document.spec.injection.dangerLevel = 'high';
        document.spec.blastRadius.allowDangerous = true;
      },
    );

  it('has the shape that scripts rely on', async () => {
    const api = fakeApi([config]);
    const report = planReport(DRIFT(), 'prod', await preflight(api, DRIFT(), testFacts()));
    expect(report).toMatchObject({
      experiment: 'kill-the-shop',
      context: 'prod',
      writes: [
        {
          verb: 'patch',
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: 'shop',
          name: 'config',
          patchType: 'json',
          body: expect.any(Array),
        },
      ],
      undo: { where: 'annotation chaos.operatorchaos.io/rollback-data on ConfigMap shop/config', reversible: true },
      pods: [],
      permissions: expect.arrayContaining([
        { verb: 'patch', group: '', resource: 'configmaps', namespace: 'shop', for: 'revert', allowed: true },
      ]),
      gates: expect.arrayContaining([{ gate: 'latch', ok: true, reason: 'off' }]),
    });
    expect(planLines(report).at(-1)).toBe('ready: nothing was written');
  });

  it('says of a permission that only a proof needs that it is possible without', async () => {
    const api = fakeApi([config]);
    api.deny(({ verb, resource }) => verb === 'delete' && resource === 'configmaps');
    const block = experiment('FinalizerBlock', { apiVersion: 'v1', kind: 'ConfigMap', name: 'config' }, document => {
      document.spec.injection.dangerLevel = 'high';
      document.spec.blastRadius.allowDangerous = true;
    });
    const report = planReport(block, 'prod', await preflight(api, block, testFacts()));
    expect(report.permissions.filter(({ allowed }) => !allowed)).toMatchObject([
      { verb: 'delete', resource: 'configmaps', optional: 'the effect cannot be proven' },
    ]);
    expect(report.permissions.filter(({ optional }) => optional !== undefined)).toHaveLength(1);
    const lines = planLines(report).map(line => line.trim());
    expect(lines).toContain('DENIED inject  delete configmaps in shop; possible without: the effect cannot be proven');
    expect(lines.at(-1)).toBe('ready: nothing was written');
  });

  it('shows no value of a Secret, in text or JSON', async () => {
    const made = await preflight(fakeApi([secret]), leak(), testFacts());
    const report = planReport(leak(), 'prod', made);
    const shown = JSON.stringify(report) + planLines(report).join('\n');
    for (const text of ['s3cret', 'wr0ng-value']) {
      expect(shown).not.toContain(text);
      expect(shown).not.toContain(Buffer.from(text).toString('base64'));
    }
    expect(report.writes).toHaveLength(2);
  });

  it('says why there would be none', async () => {
    const report = planReport(KILL(), 'prod', await preflight(fakeApi(), KILL(), testFacts()));
    expect(report).toMatchObject({ writes: [], refusal: { code: 'no-match' } });
    expect(planLines(report).at(-1)).toMatch(/^refused: expected pods with app=web/);
  });

  it('says when a gate or the server would stop it', async () => {
    const api = fakeApi([config, pod('a'), pod('b')]);
    expect(planLines(planReport(DRIFT(), 'prod', await preflight(api, DRIFT(), testFacts()))).at(-1)).toBe(
      'would be refused: pods',
    );
    const alone = fakeApi([config]);
    const made = await preflight(alone, DRIFT(), testFacts());
    if (isRefusal(made.plan)) throw new Error(made.plan.message);
    alone.script({ on: request => request.verb === 'patch', answer: failing('invalid', 'no') });
    const report = planReport(DRIFT(), 'prod', made, await dryRunWrites(alone, made.plan));
    expect(report.writes[0]?.serverDryRun).toEqual({ ok: false, message: 'no' });
    expect(planLines(report).at(-1)).toBe('the server would refuse it');
  });
});

describe('a workload of the name, but of another kind', () => {
  const stateful: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'shop' },
  };
  const corrupt = () => experiment('ImageCorrupt', { name: 'web' });

  it('is mentioned where a Deployment was expected', async () => {
    const made = await preflight(fakeApi([stateful]), corrupt(), testFacts());
    expect(made.plan).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /^expected Deployment shop\/web to exist, found none: .*; there is StatefulSet shop\/web$/,
      ),
    });
  });

  it('is not where there is none, or it may not be read', async () => {
    for (const api of [fakeApi([]), fakeApi([stateful])]) {
      api.script({ on: ({ kind }) => kind !== 'Deployment', times: 9, answer: failing('forbidden', 'no') });
      const made = await preflight(api, corrupt(), testFacts());
      expect(made.plan).toMatchObject({ message: expect.not.stringContaining('there is') });
    }
  });
});

import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { askGates } from '../../src/safety/preflight.ts';
import { grantsFor, type Need } from '../../src/submit/need.ts';
import { type RecordedRequest, recordRequests } from '../../src/submit/recorded-requests.ts';
import { survey } from '../../src/submit/survey.ts';
import { engineDeps } from '../support/engine.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { kindsOf, type Stage, stages, worldOf } from '../torture/world.ts';

/** Kinds that every server has, and that recorded clusters do not. */
const SERVED: ApiResource[] = [
  ['', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'],
  ['', 'v1', 'ReplicationController', 'replicationcontrollers'],
  ['', 'v1', 'LimitRange', 'limitranges'],
  ['batch', 'batch/v1', 'Job', 'jobs'],
  ['batch', 'batch/v1', 'CronJob', 'cronjobs'],
  ['networking.k8s.io', 'networking.k8s.io/v1', 'Ingress', 'ingresses'],
  ['discovery.k8s.io', 'discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'],
  ['apiextensions.k8s.io', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'],
].map(([group = '', apiVersion = '', kind = '', resource = '']) => ({
  group,
  version: 'v1',
  apiVersion,
  kind,
  resource,
  singular: kind.toLowerCase(),
  namespaced: kind !== 'CustomResourceDefinition',
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  shortNames: [],
  subresources: [],
}));

const PLATFORM: KubeObject = { apiVersion: 'example.com/v1', kind: 'Platform', metadata: { name: 'main', uid: 'p-1' } };

/** The Services behind the webhooks of a configuration. */
function servicesOf(object: KubeObject): KubeObject[] {
  const { webhooks = [] } = object as {
    webhooks?: { clientConfig?: { service?: { namespace: string; name: string } } }[];
  };
  return webhooks.flatMap(({ clientConfig }) =>
    clientConfig?.service === undefined
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { ...clientConfig.service },
            spec: { selector: { app: 'web' } },
          },
        ],
  );
}

/** A world of this stage, short enough to be run through. */
function deps(stage: Stage, kinds: readonly ApiResource[] = []): { api: FakeApi; loaded: Stage['loaded'] } {
  const world = worldOf(stage, seededRandom(1));
  const { spec } = world.loaded.experiment;
  spec.hypothesis.recoveryTimeoutMs = 2_000;
  spec.steadyState.checks = [
    { type: 'resourceExists', apiVersion: 'v1', kind: 'ConfigMap', name: 'bystander', namespace: 'shop' },
  ];
  const objects = [...world.objects, ...world.objects.flatMap(servicesOf)];
  return { api: fakeApi(objects, { kinds: [...kinds, ...kindsOf(world.objects), ...SERVED] }), loaded: world.loaded };
}

async function needsOf(stage: Stage): Promise<Need[]> {
  const { api, loaded } = deps(stage);
  const facts = (id: string, random: () => number) => testFacts({ id, run: id, random });
  const surveyed = await survey(
    { api, lockNamespace: undefined, events: false, freeze: [], dependants: [], facts },
    loaded,
  );
  expect(surveyed.refused).toEqual([]);
  return surveyed.needs;
}

/** What a whole run asks: baseline, injection, observation, revert, verdict. */
async function askedBy(stage: Stage): Promise<{ asked: Need[]; verdict: string }> {
  const { api: server, loaded } = deps(stage);
  const { api, asked } = recordRequests(server);
  const engine = createEngine(
    engineDeps({
      api,
      clock: fakeClock(),
      files: memoryFiles(),
      gates: async (one, plan) => (await askGates(api, one, plan)).gates,
    }),
  );
  const { result } = await engine.run(loaded, { emit: () => undefined, soakMs: 500 });
  const discovered = await api.discovery();
  const resourceOf = ({ group, kind }: RecordedRequest) =>
    (discovered.ok && discovered.value.resources.find(one => one.group === group && one.kind === kind)?.resource) ||
    `${kind.toLowerCase()}s`;
  expect(result.residue).toBe(0);
  return {
    asked: asked.map(({ kind, ...one }) => ({ ...one, resource: resourceOf({ kind, ...one }) })),
    verdict: result.verdict,
  };
}

/** As the server's authorizer decides it. */
const allows = (needs: readonly Need[], { verb, group, resource, namespace, name }: Need): boolean =>
  grantsFor(needs)
    .filter(grant => grant.namespace === undefined || grant.namespace === namespace)
    .some(grant =>
      grant.rules.some(
        rule =>
          rule.verbs.includes(verb) &&
          rule.apiGroups.includes(group) &&
          rule.resources.includes(resource) &&
          (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
      ),
    );

const words = ({ verb, resource, namespace = '(cluster)', name = '*' }: Need) =>
  `${verb} ${resource} ${namespace}/${name}`;

/** Whose cluster it is: a run goes on without it. */
const isForTheJournal = ({ resource, name }: Need) => resource === 'namespaces' && name === 'kube-system';

/** The server looks at these itself, when an owner or a binding is written. */
const isLookedAt = ({ verb, subresource }: Need) => verb === 'bind' || subresource === 'finalizers';

describe('the rights of a submitted pod', () => {
  test.each(stages().map(stage => [stage.name, stage] as const))(
    '%s: a run needs all of them and no other',
    async (_, stage) => {
      const needs = await needsOf(stage);
      const { asked } = await askedBy(stage);
      const lacking = asked.filter(one => !isForTheJournal(one) && !allows(needs, one)).map(words);
      expect([...new Set(lacking)], 'lacking').toEqual([]);
      const idle = needs.filter(need => !isLookedAt(need) && !asked.some(one => allows([need], one)));
      expect([...new Set(idle.map(words))], 'idle').toEqual([]);
    },
  );
});

test('the key of signatures is handed out only where a reaper reverts nothing that is unsigned', async () => {
  const without = await Promise.all(
    stages().map(async stage => {
      const { api, loaded } = deps(stage);
      const facts = (id: string, random: () => number) => testFacts({ id, run: id, random });
      const surveyed = await survey(
        { api, lockNamespace: undefined, events: false, freeze: [], dependants: [], facts },
        loaded,
      );
      return surveyed.wantsSignature ? [] : [stage.name];
    }),
  );
  // These change a value of the very object that carries the record, or leave nothing.
  expect(without.flat().toSorted()).toEqual([
    'client-fault',
    'config-drift',
    'network-partition',
    'owner-ref-orphan',
    'pod-kill',
    'webhook-disrupt',
    'webhook-disrupt-mutating',
  ]);
});

test('an owner that lives in no namespace is looked at in none, and asked for in none', async () => {
  const stage = stages().find(({ name }) => name === 'owner-ref-orphan');
  if (stage === undefined) throw new Error('expected a recorded OwnerRefOrphan');
  const objects = structuredClone(stage.objects) as KubeObject[];
  for (const { metadata } of objects)
    for (const owner of metadata.ownerReferences ?? [])
      Object.assign(owner, { apiVersion: 'example.com/v1', kind: 'Platform', name: 'main' });
  const [resource] = SERVED.slice(0, 1).map(one => ({
    ...one,
    group: 'example.com',
    apiVersion: 'example.com/v1',
    kind: 'Platform',
    resource: 'platforms',
    namespaced: false,
  })) as [ApiResource];
  const { api, loaded } = deps({ ...stage, objects: [...objects, PLATFORM] }, [resource]);
  const facts = (id: string, random: () => number) => testFacts({ id, run: id, random });
  const { needs } = await survey(
    { api, lockNamespace: undefined, events: false, freeze: [], dependants: [], facts },
    loaded,
  );
  const looks = needs.filter(({ group }) => group === 'example.com');
  expect(looks).toContainEqual({ verb: 'get', group: 'example.com', resource: 'platforms', name: 'main' });
  expect(looks.filter(({ namespace }) => namespace !== undefined)).toEqual([]);
  const asked = api.log.flatMap(({ kind, body }) =>
    kind === 'SelfSubjectAccessReview'
      ? [(body as { spec: { resourceAttributes: Record<string, string> } }).spec.resourceAttributes]
      : [],
  );
  const ofOwner = asked.filter(({ resource: name }) => name === 'platforms');
  expect(ofOwner.map(({ namespace }) => namespace)).toEqual(ofOwner.map(() => undefined));
  expect(ofOwner).not.toEqual([]);
});

test('what depends on the target may be read by the pod, by its name alone', async () => {
  const stage = stages()[0] as Stage;
  const { api, loaded } = deps(stage);
  const gateway = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'far', name: 'gateway' };
  const dependants = [{ operator: 'mesh', component: 'gateway', deployments: [gateway] }];
  const facts = (id: string, random: () => number) => testFacts({ id, run: id, random });
  const { needs } = await survey(
    { api, lockNamespace: undefined, events: false, freeze: [], dependants, facts },
    loaded,
  );
  expect(needs.filter(({ namespace }) => namespace === 'far')).toEqual([
    { verb: 'get', group: 'apps', resource: 'deployments', namespace: 'far', name: 'gateway' },
  ]);
});

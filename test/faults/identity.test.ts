import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoRecords } from '../../src/faults/recognition.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { MAYDAY, ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import type { Json, KubeObject, OwnerReference } from '../../src/k8s/object.ts';
import { deployment } from '../support/deployments.ts';
import { fakeApi } from '../support/fake-api.ts';
import { at, inShop, withMeta } from '../support/objects.ts';
import { planned, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

interface Case {
  victim: KubeObject;
  /** What stands beside it. */
  others?: KubeObject[];
  wanted: Wanted;
  /** Whether the framework's record says all there is to know, without our own facts. */
  complete?: boolean;
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).map(value => value.toWellFormed());
const word = fc.constantFrom('a', 'b', 'c', 'x_y', 'z-1');
const labelKey = fc.constantFrom('app', 'tier', 'app.kubernetes.io/name', 'x/y', 'app.kubernetes.io/managed-by');
const labels = fc.dictionary(labelKey, fc.constantFrom('a', 'Helm', ''), { maxKeys: 3 });
const annotations = fc.dictionary(fc.constantFrom('note', 'a/b', 'til~de'), text, { maxKeys: 2 });
const metadata = fc.record({ labels, annotations }, { requiredKeys: [] });
const { tree } = fc.letrec<{ tree: Json; map: Record<string, Json> }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.constantFrom(0.5, -1e-7, 1.25),
    text,
    fc.array(tie('tree'), { maxLength: 2 }),
    tie('map'),
  ),
  map: fc.dictionary(word, tie('tree'), { maxKeys: 3 }),
}));
const widget = (spec: Json, meta: object): KubeObject =>
  inShop('demo.example.com/v1', 'Widget', 'it', { metadata: meta, spec });
const WIDGET = { apiVersion: 'demo.example.com/v1', kind: 'Widget', name: 'it' };

const labelCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    key: labelKey,
    action: fc.constantFrom('overwrite', 'delete'),
    newValue: fc.constantFrom('a', 'q'),
  })
  .map(({ meta, key, action, newValue }) => ({
    victim: widget({}, meta),
    wanted: { type: 'LabelStomping', parameters: { ...WIDGET, labelKey: key, action, newValue } },
  }));

const finalizerCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    finalizers: fc.uniqueArray(fc.constantFrom('a.io/x', 'b.io/y', 'ray.io/f'), { maxLength: 3 }),
  })
  .map(({ meta, finalizers }) => ({
    victim: widget({}, finalizers.length === 0 ? meta : { ...meta, finalizers }),
    wanted: { type: 'FinalizerBlock', parameters: { ...WIDGET, finalizer: 'ray.io/f' } },
  }));

const ownerCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    flags: fc.array(
      fc.constantFrom<Partial<OwnerReference>>({}, { blockOwnerDeletion: false }, { controller: false }),
      { maxLength: 3 },
    ),
  })
  .map(({ meta, flags }) => {
    const owners = flags.map((flag, index) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: `o${index}`,
      uid: `u${index}`,
      ...flag,
    }));
    return {
      victim: widget({}, owners.length === 0 ? meta : { ...meta, ownerReferences: owners }),
      others: owners.map(({ name, uid }) => withMeta(deployment(name), { uid })),
      wanted: { type: 'OwnerRefOrphan', parameters: WIDGET },
    };
  });

const mutationCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    spec: fc.dictionary(word, tree, { maxKeys: 3 }),
    steps: fc.array(word, { maxLength: 3 }),
    value: fc.oneof(
      tree.map(value => JSON.stringify(value)),
      text,
    ),
  })
  .map(({ meta, spec, steps, value }) => ({
    victim: widget(spec, meta),
    wanted: { type: 'CRDMutation', parameters: { ...WIDGET, path: ['spec', ...steps].join('.'), value } },
    // A null in their record may have been a null or nothing, and parents may have come with it.
    complete: (steps.reduce<Json | undefined>((inner, step) => memberOf(inner, step), spec) ?? null) !== null,
  }));

function memberOf(value: Json | undefined, step: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[step] : undefined;
}

const command = fc.option(fc.array(text, { minLength: 1, maxLength: 3 }), { nil: undefined });
const deploymentCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    replicas: fc.integer({ min: 0, max: 50 }),
    commands: fc.array(command, { minLength: 1, maxLength: 3 }),
    at: fc.nat(),
    type: fc.constantFrom('DeploymentScaleZero' as const, 'CrashLoopInject' as const),
  })
  .map(({ meta, replicas, commands, at: index, type }) => {
    const containers = commands.map((one, number) => ({
      name: `c${number}`,
      image: 'a/b',
      ...(one === undefined ? {} : { command: one }),
    }));
    const containerName = `c${index % commands.length}`;
    return {
      victim: withMeta(deployment('it', { replicas }, containers), meta),
      wanted: { type, parameters: type === 'CrashLoopInject' ? { name: 'it', containerName } : { name: 'it' } },
    };
  });

const webhookCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    policies: fc.array(fc.constantFrom('Fail', 'Ignore'), { maxLength: 4 }),
    value: fc.constantFrom('Fail', 'Ignore'),
  })
  .map(({ meta, policies, value }) => ({
    victim: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'it', ...meta },
      webhooks: policies.map((failurePolicy, index) => ({ name: `w${index}.io`, failurePolicy })),
    },
    wanted: {
      type: 'WebhookDisrupt',
      parameters: { webhookName: 'it', webhookType: 'mutating', action: 'setFailurePolicy', value },
    },
  }));

const subject = fc.constantFrom(
  { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
  { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'al<&>ice' },
  { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'ops' },
);
const bindingCases: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, subjects: fc.array(subject, { maxLength: 4 }) })
  .map(({ meta, subjects }) => ({
    victim: inShop('rbac.authorization.k8s.io/v1', 'RoleBinding', 'it', {
      metadata: meta,
      roleRef: { kind: 'Role', name: 'r' },
      ...(subjects.length === 0 ? {} : { subjects }),
    }),
    wanted: { type: 'RBACRevoke', parameters: { bindingName: 'it', bindingType: 'RoleBinding' } },
  }));

const clientCases: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    data: fc.dictionary(fc.constantFrom('config', 'other', 'x.y'), text, { maxKeys: 3 }),
    rate: fc.constantFrom(0, 0.25, 1),
  })
  .map(({ meta, data, rate }) => ({
    victim: inShop('v1', 'ConfigMap', 'operator-chaos-it', {
      metadata: meta,
      ...(Object.keys(data).length === 0 ? {} : { data }),
    }),
    wanted: {
      type: 'ClientFault',
      parameters: {
        configMapName: 'operator-chaos-it',
        faults: JSON.stringify({ get: { errorRate: rate, error: 'x' } }),
      },
    },
  }));

/** The injected object as the framework would have left it: its markers and payload, none of our own facts. */
function withoutOurFacts(object: KubeObject): void {
  const { annotations = {} } = object.metadata;
  delete annotations[MAYDAY];
  const record = annotations[ROLLBACK_DATA];
  if (record !== undefined) annotations[ROLLBACK_DATA] = record.replace(/,"mayday":.*\}$/s, '}');
}

describe.each([
  ['LabelStomping', labelCases],
  ['FinalizerBlock', finalizerCases],
  ['OwnerRefOrphan', ownerCases],
  ['CRDMutation', mutationCases],
  ['DeploymentScaleZero and CrashLoopInject', deploymentCases],
  ['WebhookDisrupt', webhookCases],
  ['RBACRevoke', bindingCases],
  ['ClientFault', clientCases],
] as const)('%s, injected and restored', (_type, cases) => {
  it.each(['with our own facts', 'as the framework records it'])('changes nothing, %s', async how => {
    let injections = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ victim, others = [], wanted, complete = true }) => {
        const isTheirs = how !== 'with our own facts';
        if (isTheirs && !complete) return;
        const api = fakeApi([victim, ...others]);
        const before = api.all().map(comparable);
        const plan = await planned(api, wanted);
        if (isRefusal(plan)) return;
        injections += 1;
        expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'done' });
        if (isTheirs) api.change(at(victim), withoutOurFacts);
        expect(undoRecords(api.peek(at(victim)) as KubeObject).length).toBeGreaterThan(0);
        expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
        expect(api.all().map(comparable)).toEqual(before);
      }),
      { numRuns: 100 },
    );
    expect(injections).toBeGreaterThan(20);
  });
});

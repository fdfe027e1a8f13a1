import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { MAYDAY } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { fakeApi } from '../support/fake-api.ts';
import { inShop } from '../support/objects.ts';
import { planned, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const texts = fc.dictionary(fc.constantFrom('a', 'b', '10', '9', 'x/y~z', '__proto'), text, { maxKeys: 4 });
const labels = fc.dictionary(
  fc.constantFrom('app', 'tier', 'app.kubernetes.io/managed-by'),
  fc.constantFrom('web', 'Helm', ''),
  { maxKeys: 3 },
);
const metadata = fc.record({ labels, annotations: texts }, { requiredKeys: [] });
const base64 = text.map(value => Buffer.from(value.toWellFormed(), 'utf8').toString('base64'));
/** As JSON writes it: that has no -0, which would come back as 0. */
const anything = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
  .map(value => JSON.parse(JSON.stringify(value)) as typeof value);

interface Case {
  objects: KubeObject[];
  wanted: Wanted;
}

const secrets: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, data: fc.dictionary(fc.constantFrom('a', 'b', '10', '9'), base64, { maxKeys: 4 }) })
  .map(({ meta, data }) => ({
    objects: [inShop('v1', 'Secret', 'it', { metadata: meta, type: 'Opaque', data })],
    wanted: { type: 'SecretDeletion', parameters: { name: 'it' } },
  }));

const leases: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, holderIdentity: text, leaseTransitions: fc.nat() })
  .map(({ meta, ...spec }) => ({
    objects: [inShop('coordination.k8s.io/v1', 'Lease', 'it', { metadata: meta, spec })],
    wanted: { type: 'LeaderElectionDisrupt', parameters: { name: 'it' } },
  }));

const resources: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, spec: fc.dictionary(fc.constantFrom('a', '1', 'b'), anything) })
  .map(({ meta, spec }) => ({
    objects: [inShop('demo.example.com/v1', 'Widget', 'it', { metadata: meta, spec })],
    wanted: { type: 'ResourceDeletion', parameters: { apiVersion: 'demo.example.com/v1', kind: 'Widget', name: 'it' } },
  }));

const namespaces: fc.Arbitrary<Case> = metadata.map(meta => ({
  objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far', ...meta } }],
  wanted: { type: 'NamespaceDeletion', parameters: { namespace: 'far' }, scope: { allowed: ['far'] } },
}));

const selector = fc.constantFrom('app=web', 'app in (web,x)', 'app,tier!=Helm', 'app=web,!gone', 'tier notin (a)');
const pods = labels.map(own => inShop('v1', 'Pod', 'p', { metadata: { labels: { app: 'web', ...own } } }));
const partitions: fc.Arbitrary<Case> = fc.record({ pod: pods, selector }).map(({ pod, selector: labelSelector }) => ({
  objects: [pod],
  wanted: { type: 'NetworkPartition', parameters: { labelSelector } },
}));
const budgets: fc.Arbitrary<Case> = fc
  .record({ pod: pods, name: fc.constantFrom('', 'mine') })
  .map(({ pod, name }) => ({
    objects: [pod],
    wanted: { type: 'PDBBlock', parameters: { labelSelector: 'app=web', name } },
  }));
const quotas: fc.Arbitrary<Case> = fc.constantFrom('1', '0', '500m', '2Gi').map(amount => ({
  objects: [],
  wanted: { type: 'QuotaExhaustion', parameters: { quotaName: 'tight', pods: amount, cpu: amount } },
}));

describe.each([
  ['a Secret', secrets],
  ['a Lease', leases],
  ['a custom resource', resources],
  ['a namespace', namespaces],
  ['a network policy', partitions],
  ['a budget', budgets],
  ['a quota', quotas],
] as const)('injecting with %s and restoring', (_what, cases) => {
  it('changes nothing, broken off after any write or not', async () => {
    let injections = 0;
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(2), async ({ objects, wanted }, writes) => {
        const api = fakeApi(objects);
        const before = api.all().map(comparable);
        const plan = await planned(api, wanted);
        if (isRefusal(plan)) return;
        injections += 1;
        await sendAll(api, plan.writes.slice(0, writes));
        if (writes > 0)
          expect(api.all().some(({ metadata: { annotations } }) => annotations?.[MAYDAY] !== undefined)).toBe(true);
        for (const receipt of await revertEverything(api)) expect(receipt).toMatchObject({ verified: true });
        expect(api.all().map(comparable)).toEqual(before);
      }),
      // What is drawn decides how many are refused: of some kinds two thirds are.
      { numRuns: 160 },
    );
    expect(injections).toBeGreaterThan(20);
  });
});

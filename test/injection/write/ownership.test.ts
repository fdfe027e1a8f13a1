import { describe, expect, it } from 'vitest';
import { areOwners, FIELD_MANAGER, fieldsTakenBy, handOver, ownersOf } from '../../../src/injection/write/ownership.ts';
import { patchOf } from '../../../src/injection/write/patch-of.ts';
import { type Operation, set } from '../../../src/k8s/json-patch.ts';
import type { KubeObject, ManagedField } from '../../../src/k8s/object.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { inShop, withMeta, wrote } from '../../support/objects.ts';
import { mustPlan } from '../../support/plans.ts';

const REPLICAS = { 'f:spec': { 'f:replicas': {} } };
const SCALE = [set('/spec/replicas', 3)];
const web = (managedFields: ManagedField[]): KubeObject =>
  withMeta(inShop('apps/v1', 'Deployment', 'web', { spec: { replicas: 3 } }), { managedFields });
const ours = (fields: object): ManagedField => wrote(FIELD_MANAGER, fields);
const operationsOf = (write: ReturnType<typeof handOver>): Operation[] =>
  write?.verb === 'patch' ? (write.body as unknown as Operation[]) : [];

describe('the owners of what is about to change', () => {
  it('are those of the fields themselves, writers through a subresource among them', () => {
    const scaled = { ...wrote('kubectl', REPLICAS), subresource: 'scale' };
    const owners = ownersOf(web([wrote('helm', { 'f:spec': { 'f:paused': {} } }), scaled]), SCALE);
    expect(owners).toMatchObject([{ manager: 'kubectl', subresource: 'scale', fieldsV1: REPLICAS }]);
  });

  it('are nobody where no entry holds the field, and not known where the server keeps no entries', () => {
    expect(ownersOf(web([wrote('helm', { 'f:spec': { 'f:paused': {} } })]), SCALE)).toEqual([]);
    expect(ownersOf(web([]), SCALE)).toBeUndefined();
  });

  it('are read from a record only as what a server writes', () => {
    const owner = { manager: 'helm', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: REPLICAS };
    expect(areOwners([owner])).toBe(true);
    expect(areOwners([{ ...owner, operation: 'Delete' }])).toBe(false);
    expect(areOwners([{ ...owner, fieldsV1: { 'f:spec': 3 } }])).toBe(false);
    expect(areOwners({ ...owner })).toBe(false);
  });
});

describe('handing over', () => {
  const restored = patchOf(web([]), SCALE, { says: 'restore', atVersion: false });

  it('adds what we took to the entry of the former owner, and leaves us the rest', () => {
    const after = web([
      wrote('helm', { 'f:spec': { 'f:paused': {} } }),
      ours({ 'f:spec': { 'f:replicas': {}, 'f:minReadySeconds': {} } }),
    ]);
    const taken = fieldsTakenBy(restored, after);
    expect(taken).toEqual(REPLICAS);
    const sets = operationsOf(handOver(after, taken, [wrote('helm', REPLICAS)])).filter(({ op }) => op !== 'test');
    expect(sets).toMatchObject([
      { path: '/metadata/managedFields/0/fieldsV1', value: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } } },
      { path: '/metadata/managedFields/1/fieldsV1', value: { 'f:spec': { 'f:minReadySeconds': {} } } },
    ]);
  });

  it('makes the entry of a former owner again that lost its last field, and takes ours out', () => {
    const after = web([ours(REPLICAS)]);
    const former = { ...wrote('kubectl', REPLICAS), subresource: 'scale' };
    const changes = operationsOf(handOver(after, fieldsTakenBy(restored, after), [former])).filter(
      ({ op }) => op !== 'test',
    );
    expect(changes).toMatchObject([
      { op: 'add', path: '/metadata/managedFields/-', value: { manager: 'kubectl', subresource: 'scale' } },
      { op: 'remove', path: '/metadata/managedFields/0' },
    ]);
  });

  it('keeps what was ours before the injection, and writes nothing then', () => {
    const after = web([ours(REPLICAS)]);
    expect(handOver(after, fieldsTakenBy(restored, after), [ours(REPLICAS)])).toBeUndefined();
  });

  it('never takes the last entry away: the server would give every field to an unknown hand', () => {
    const after = web([ours(REPLICAS)]);
    const changes = operationsOf(handOver(after, fieldsTakenBy(restored, after), [])).filter(({ op }) => op !== 'test');
    expect(changes).toHaveLength(1);
    expect(JSON.stringify(changes)).not.toContain('f:replicas');
    expect(changes[0]).toMatchObject({ op: 'add', path: '/metadata/managedFields/0/fieldsV1' });
  });
});

describe('a plan about an object whose owners the server does not say', () => {
  const service = inShop('v1', 'Service', 'web', { metadata: { labels: { app: 'web' } } });
  const wanted = {
    type: 'LabelStomping',
    parameters: { apiVersion: 'v1', kind: 'Service', name: 'web', labelKey: 'app', action: 'overwrite' },
  } as const;

  it('says beforehand that ownership is released rather than given back', async () => {
    const { warnings } = await mustPlan(fakeApi([withMeta(service, { managedFields: [] })]), wanted);
    expect(warnings).toContainEqual(expect.stringMatching(/field managers .*: after the revert nobody owns them/));
  });

  it('says nothing of it where the owner is known', async () => {
    const managedFields = [wrote('helm', { 'f:metadata': { 'f:labels': { 'f:app': {} } } })];
    const { warnings } = await mustPlan(fakeApi([withMeta(service, { managedFields })]), wanted);
    expect(warnings.join()).not.toContain('field manager');
  });
});

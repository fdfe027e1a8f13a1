import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import { FIELD_MANAGER } from '../../src/injection/write/ownership.ts';
import type { KubeObject, ManagedField } from '../../src/k8s/object.ts';
import { groupOf } from '../../src/k8s/object-ref.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { applyConfig } from '../../src/sandbox/managed/apply.ts';
import { type Manager, trackUpdate } from '../../src/sandbox/managed/track.ts';
import type { KubeObject as Stored } from '../../src/sandbox/object.ts';
import { createSchemas } from '../../src/sandbox/schema/schemas.ts';
import { fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { asNew, changedByTeam } from '../support/recorded-live.ts';
import { inject, KEY } from '../torture/trial.ts';
import { kindsOf, type Stage, stages } from '../torture/world.ts';

const TIME = '2026-11-21T12:00:00Z';
const schemas = createSchemas();
const nodeOf = ({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>) =>
  schemas.of(groupOf(apiVersion), apiVersion.slice(apiVersion.indexOf('/') + 1), kind);
const manager = (name: string, operation: Manager['operation'], { apiVersion }: KubeObject): Manager => ({
  name,
  operation,
  apiVersion,
});

/** What the team's server-side apply makes of the object; throws where another manager owns what it changes. */
const applied = (live: KubeObject | undefined, config: KubeObject): KubeObject =>
  applyConfig(
    live as Stored | undefined,
    config as Stored,
    nodeOf(config),
    manager('team', 'Apply', config),
    TIME,
    false,
  ) as KubeObject;

/** A cluster in which the team applied everything and which tells who wrote what, as an API server does. */
function appliedByTeam({ objects }: Stage) {
  const clock = steppedClock();
  const owned = objects.map(object => {
    const { managedFields = [] } = applied(undefined, asNew(object)).metadata;
    return { ...object, metadata: { ...object.metadata, managedFields: [...managedFields, ...statusOf(object)] } };
  });
  const api = fakeApi(owned, { now: clock.now, kinds: kindsOf(owned) });
  api.admit((_request, object, former) => {
    const by = manager(FIELD_MANAGER, 'Update', object);
    const entries = trackUpdate(former as Stored | undefined, object as Stored, nodeOf(object), by, TIME);
    object.metadata.managedFields = (entries ?? []) as ManagedField[];
  });
  return { api, deps: { api, clock, journal: memoryJournal(), faultOf } };
}

/** What the controller of a Deployment owns: it keeps writing, so that our entries must be looked up where they are. */
const statusOf = ({ apiVersion, kind }: KubeObject): ManagedField[] =>
  kind === 'Deployment'
    ? [
        {
          ...{ manager: 'kube-controller-manager', operation: 'Update', apiVersion, subresource: 'status', time: TIME },
          ...{ fieldsType: 'FieldsV1', fieldsV1: { 'f:status': { 'f:observedGeneration': {} } } },
        },
      ]
    : [];

const isKilled = ({ type }: Stage) => type === 'PodKill';

describe('the team that applied an object applies it again after a revert', () => {
  test.each(stages().filter(stage => !isKilled(stage)))('of $name: no field is ours any more', async stage => {
    const { api, deps } = appliedByTeam(stage);
    const world = { ...stage, objects: [...stage.objects] };
    const injected = await inject(api, world, deps, seededRandom(1));
    expect(injected?.state).toBe('injected');
    const { injections } = await scan(deps, { deep: true });
    expect(injections).not.toEqual([]);
    expect(await revertAll(deps, injections, { trust: { key: KEY } })).toMatchObject({ remaining: 0 });
    for (const object of stage.objects) {
      const live = api.peek({ ...object, ...object.metadata });
      expect(() => applied(live, changedByTeam(object)), object.kind).not.toThrow();
    }
  });
});

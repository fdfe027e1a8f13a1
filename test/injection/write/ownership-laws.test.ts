import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD_MANAGER, handOver, leftoverFields } from '../../../src/injection/write/ownership.ts';
import {
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  pathsOf,
  union,
} from '../../../src/k8s/field-set.ts';
import type { Operation } from '../../../src/k8s/json-patch.ts';
import type { KubeObject, ManagedField } from '../../../src/k8s/object.ts';
import { applyJsonPatch, type PatchStep } from '../../../src/sandbox/patch/json-patch.ts';
import { inShop, RECORD_FIELD, withMeta, wrote } from '../../support/objects.ts';

const PATHS = [
  ['f:spec', 'f:replicas'],
  ['f:spec', 'f:paused'],
  ['f:spec', 'f:template', 'f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image'],
  ['f:data', 'f:mode'],
  ['f:metadata', 'f:labels', 'f:app'],
];
const fields = fc.subarray(PATHS).map(fieldsOf);
const some = fc.subarray(PATHS, { minLength: 1 }).map(fieldsOf);
const names = fc.subarray(['helm', 'kubectl', 'keda']);
/** Entries of managedFields, at most one a manager. */
const entries = names.chain(list => fc.tuple(...list.map(name => some.map(set => wrote(name, set) as ManagedField))));

const web = (managedFields: ManagedField[]): KubeObject =>
  withMeta(inShop('apps/v1', 'Deployment', 'web', { spec: { replicas: 3 } }), { managedFields });
const setOf = (object: KubeObject, manager: string): FieldSet =>
  (object.metadata.managedFields ?? [])
    .filter(entry => entry.manager === manager)
    .map(({ fieldsV1 }) => fieldsV1 as FieldSet)
    .reduce(union, {});
const operations = (write: ReturnType<typeof handOver>): Operation[] =>
  write?.verb === 'patch' ? (write.body as unknown as Operation[]) : [];

/** Others' entries, then ours among them; what was taken of ours; who owned what before. */
const cases = fc
  .record({ others: entries, ours: some, taken: fields, former: entries, place: fc.nat(3) })
  .map(({ others, ours, taken, former, place }) => {
    const managed: ManagedField[] = [...others];
    managed.splice(place, 0, wrote(FIELD_MANAGER, ours) as ManagedField);
    return { object: web(managed), ours, taken, former };
  });

/** The object after the handing over; as it is where there is none. */
function handed({
  object,
  taken,
  former,
}: {
  object: KubeObject;
  taken: FieldSet;
  former: ManagedField[];
}): KubeObject {
  const steps = operations(handOver(object, taken, former)).filter(({ path }) => !/^\/metadata\/uid$/.test(path));
  return applyJsonPatch(structuredClone(object), steps as unknown as PatchStep[]) as KubeObject;
}

describe('handing fields over', () => {
  it('writes to managedFields alone', () => {
    fc.assert(
      fc.property(cases, given => {
        const writes = operations(handOver(given.object, given.taken, given.former)).filter(({ op }) => op !== 'test');
        expect(writes.filter(({ path }) => !path.startsWith('/metadata/managedFields/'))).toEqual([]);
      }),
    );
  });

  it('leaves us nothing of what we took, and all of what we did not', () => {
    fc.assert(
      fc.property(cases, given => {
        const now = setOf(handed(given), FIELD_MANAGER);
        expect(isEmpty(intersection(now, given.taken))).toBe(true);
        expect(isEmpty(difference(difference(given.ours, given.taken), now))).toBe(true);
      }),
    );
  });

  it('gives each former owner what was his of it, and takes nothing from anybody else', () => {
    fc.assert(
      fc.property(cases, given => {
        const now = handed(given);
        const shared = intersection(given.ours, given.taken);
        for (const manager of ['helm', 'kubectl', 'keda']) {
          const was = given.former
            .filter(entry => entry.manager === manager)
            .map(({ fieldsV1 }) => fieldsV1 as FieldSet);
          const due = intersection(was.reduce(union, {}), shared);
          const wanted = union(setOf(given.object, manager), due);
          expect(pathsOf(setOf(now, manager)).toSorted()).toEqual(pathsOf(wanted).toSorted());
        }
      }),
    );
  });

  it('is over when it was done: there is nothing left to hand over', () => {
    fc.assert(
      fc.property(cases, given => {
        expect(handOver(handed(given), given.taken, given.former)).toBeUndefined();
      }),
    );
  });

  it('is refused where the entries moved meanwhile', () => {
    fc.assert(
      fc.property(cases, given => {
        const steps = operations(handOver(given.object, given.taken, given.former));
        fc.pre(steps.length > 0);
        const moved = structuredClone(given.object);
        moved.metadata.managedFields?.unshift(wrote('somebody', { 'f:data': {} }) as ManagedField);
        expect(() => applyJsonPatch(moved, steps as unknown as PatchStep[])).toThrow();
      }),
    );
  });
});

describe('what we left behind', () => {
  it('is what is ours and no mark, narrowed to what a record names', () => {
    fc.assert(
      fc.property(fields, entries, (ours, former) => {
        const object = web([wrote(FIELD_MANAGER, union(ours, { 'f:metadata': RECORD_FIELD })) as ManagedField]);
        expect(leftoverFields(object, undefined)).toEqual(ours);
        const named = former.map(({ fieldsV1 }) => fieldsV1 as FieldSet).reduce(union, {});
        expect(leftoverFields(object, former)).toEqual(intersection(ours, named));
      }),
    );
  });
});

import type { Facts, Permission, Plan, Scope } from '../../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import { inReach } from '../reach/pod-in-reach.ts';
import { type CreatedTraits, creation, creationPermissions, injectedEssence } from './created.ts';

/** A fault that consists of one namespaced object that the injection creates. */
export interface CreatedFault {
  traits: CreatedTraits;
  scope: Scope;
  facts: Facts;
  object: KubeObject;
  says: string;
  /** What deleting the object does, to follow `deleting it `. */
  ends: string;
  pods: readonly KubeObject[];
  /** The kinds that were listed to make the plan. */
  listed: readonly Pick<ObjectRef, 'apiVersion' | 'kind'>[];
  warnings: string[];
}

/** The plan of creating the object. */
export function createdPlan(of: CreatedFault): Plan {
  const { traits, scope, facts, object } = of;
  const { type } = traits;
  const ref = refOf(object);
  return {
    is: 'plan',
    type,
    id: facts.id,
    scope,
    writes: [creation(type, facts, object, { says: of.says, injected: injectedEssence(traits, object) })],
    undo: { where: `${nameOf(ref)} itself: deleting it ${of.ends}`, reversible: true },
    pods: of.pods.map(inReach),
    permissions: [
      ...creationPermissions(ref),
      ...of.listed.map(
        ({ apiVersion, kind }): Permission => ({
          verb: 'list',
          group: groupOf(apiVersion),
          kind,
          namespace: scope.namespace,
          for: 'inject',
        }),
      ),
    ],
    warnings: of.warnings,
    target: ref,
  };
}

/** The kind Pod, for `listed`. */
export const POD = { apiVersion: 'v1', kind: 'Pod' };

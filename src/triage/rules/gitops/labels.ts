import { list, text, textMap } from '../../../k8s/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { labelKeysIn } from '../../facts/policy-hits.ts';
import type { Refusal } from '../../facts/refusal.ts';
import type { RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import type { AppState, ManagedObject } from './application-state.ts';

/** The labels that policies require, according to their refusals. */
export const wantedKeys = ({ refusals }: Pick<AppState, 'refusals'>): string[] => [
  ...new Set(refusals.flatMap(({ refusal }) => (isDenied(refusal) ? refusal.hits.flatMap(labelKeysIn) : []))),
];

const isDenied = (refusal: Refusal): refusal is Extract<Refusal, { is: 'webhook denied' }> =>
  refusal.is === 'webhook denied';

/** The objects whose labels are checked: the rejected ones, or those that are OutOfSync when the refusal names none. */
function refusedObjects({ app, resources, refusals }: AppState): ManagedObject[] {
  const failed = list(
    (app.status.operationState as { syncResult?: { resources?: unknown } } | undefined)?.syncResult?.resources,
  ).filter(one => text(one.status) === 'SyncFailed');
  const named = resources.filter(
    one =>
      failed.some(each => text(each.kind) === one.kind && text(each.name) === one.name) ||
      refusals.some(({ message: said }) => said.includes(`${one.kind}/${one.namespace}/${one.name} `)),
  );
  return (named.length > 0 ? named : resources.filter(({ sync }) => sync === 'OutOfSync')).slice(0, 3);
}

const managedObjectRef = ({ group, version, kind, namespace, name }: ManagedObject) => ({
  apiVersion: group === '' ? version || 'v1' : `${group}/${version}`,
  kind,
  name,
  ...(namespace !== '' && { namespace }),
});

export const readsOf = (state: AppState): NamedRead[] =>
  wantedKeys(state).length === 0
    ? []
    : refusedObjects(state).map(one => ({ is: 'object', ref: managedObjectRef(one) }));

/** A label that a policy requires, and the similar one that the object has instead. */
export interface MissingLabel {
  object: string;
  wanted: string;
  carried: string;
  value: string;
}

/**
 * Compares the required labels with those of the rejected objects. Objects that were never created cannot be compared.
 */
export function missesOf({ answers }: Pick<RuleInput, 'answers'>, state: AppState): MissingLabel[] {
  const keys = wantedKeys(state);
  return refusedObjects(state).flatMap(one => {
    const answer = answers.object(managedObjectRef(one));
    const labels = answer?.ok ? textMap(answer.value.metadata.labels) : {};
    return keys.flatMap(wanted => {
      const carried = labels[wanted] === undefined ? nearest(wanted, Object.keys(labels)) : undefined;
      return carried === undefined
        ? []
        : [{ object: `${one.kind} ${one.namespace}/${one.name}`, wanted, carried, value: labels[carried] ?? '' }];
    });
  });
}

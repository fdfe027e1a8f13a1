import type { Kernel } from '../api/kernel.ts';
import { each, ensure, type Fields, part } from '../defaults/fill.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { DEFINITIONS } from './definition.ts';
import { takenNames } from './names.ts';

const BY = { manager: 'kube-apiserver', subresource: 'status' };

/** The other definitions of the same group, which may have taken its names. */
export const othersOf = ({ store }: Kernel, { metadata, spec }: KubeObject) =>
  store
    .list(DEFINITIONS)
    .filter(other => other.metadata.name !== metadata.name && part(other, 'spec')?.group === (spec as Fields).group);

/** Sets the conditions of a new definition: whether its names are accepted, and so its kind served. */
export function establish(kernel: Kernel, definition: KubeObject): void {
  const { store, clock } = kernel;
  const { name } = definition.metadata;
  const conditions = each(part(definition, 'status'), 'conditions');
  if (conditions.some(c => c.type === 'Established')) return;
  const lastTransitionTime = timestamp(clock.now());
  const taken = takenNames(definition, othersOf(kernel, definition));
  const verdict = taken.conflict ? { status: 'False', lastTransitionTime } : { status: 'True', lastTransitionTime };
  const condition = (type: string, reason: string, message: string) => ({ type, ...verdict, reason, message });
  store.modify(
    DEFINITIONS,
    undefined,
    name,
    draft => {
      const status = ensure(draft, 'status');
      status.acceptedNames = taken.accepted;
      if (taken.conflict) {
        status.conditions = [
          condition('NamesAccepted', taken.conflict.reason, taken.conflict.message),
          condition('Established', 'NotAccepted', 'not all names are accepted'),
        ];
        return;
      }
      status.conditions = [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ];
    },
    { by: BY },
  );
}

/** Sets the Terminating condition of a definition whose instances are being deleted. */
export function markTerminating({ store, clock }: Kernel, definition: KubeObject): void {
  const lastTransitionTime = timestamp(clock.now());
  store.modify(
    DEFINITIONS,
    undefined,
    definition.metadata.name,
    draft => {
      const status = ensure(draft, 'status');
      const conditions = each(status, 'conditions');
      if (conditions.some(c => c.type === 'Terminating')) return false;
      const message = 'CustomResource deletion is in progress';
      const reason = 'InstanceDeletionInProgress';
      status.conditions = [...conditions, { type: 'Terminating', status: 'True', lastTransitionTime, reason, message }];
      return undefined;
    },
    { by: BY },
  );
}

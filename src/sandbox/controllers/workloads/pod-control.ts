import { StatusError } from '../../status.ts';
import type { Obj, Pod, PodTemplate } from '../kinds.ts';
import { BY_CONTROLLER, CONTROLLER_GROUPS, controllerUser, type Parts } from '../parts.ts';
import { controllerRef, podFrom } from '../pods.ts';
import type { EventReporter } from '../recorder.ts';

/** The last creation or deletion that was refused. */
export interface Refusal {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

/** Creates and deletes pods for a controller, with the Events that the real controllers write. */
export interface PodControl {
  /** Creates a pod for the owner; a refusal (quota, webhook, …) is recorded as an Event and returned. */
  create(owner: Obj, template: PodTemplate, named?: string): Promise<Refusal | undefined>;
  remove(owner: Obj, pod: Pod): void;
  /** Sets or removes the owner as the pod's controller. */
  adopt(owner: Obj, pod: Pod): void;
  release(owner: Obj, pod: Pod): void;
}

const namespaceGone = (error: StatusError) =>
  (error.body.details?.causes ?? []).some(c => c.reason === 'NamespaceTerminating');

/** How a controller words what it did to a pod of an owner. */
export interface Wording {
  created(pod: string, owner: string): string;
  deleted(pod: string, owner: string): string;
  refused(pod: string, owner: string, why: string): string;
}

const DEFAULT_WORDING: Wording = {
  created: pod => `Created pod: ${pod}`,
  deleted: pod => `Deleted pod: ${pod}`,
  refused: (_pod, _owner, why) => `Error creating: ${why}`,
};

/**
 * @param account the controller's ServiceAccount in kube-system
 */
export function podControl(
  parts: Parts,
  account: string,
  reporter: EventReporter,
  wording = DEFAULT_WORDING,
): PodControl {
  const { store, record } = parts;
  const client = parts.as(controllerUser(account), CONTROLLER_GROUPS);
  return {
    async create(owner, template, named) {
      const { namespace = '', name } = owner.metadata;
      const ref = controllerRef(owner);
      const naming = named ? { name: named } : { generateName: `${name}-` };
      try {
        const pod = await client.create<Pod>('pods', podFrom(template, namespace, ref, naming), {
          manager: reporter.manager,
        });
        record(reporter, {
          about: owner,
          type: 'Normal',
          reason: 'SuccessfulCreate',
          message: wording.created(pod.metadata.name, name),
        });
        return undefined;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        if (namespaceGone(error)) return undefined;
        record(reporter, {
          about: owner,
          type: 'Warning',
          reason: 'FailedCreate',
          message: wording.refused(named ?? '', name, error.message),
        });
        return { reason: 'FailedCreate', message: error.message };
      }
    },
    remove(owner, pod) {
      const { namespace, name, uid } = pod.metadata;
      if (!store.get('pods', namespace, name)) return;
      store.delete('pods', namespace, name, { preconditions: { uid } });
      record(reporter, {
        about: owner,
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: wording.deleted(name, owner.metadata.name),
      });
    },
    adopt(owner, pod) {
      const ref = controllerRef(owner);
      const change = (draft: Pod) => {
        draft.metadata.ownerReferences = [...(draft.metadata.ownerReferences ?? []), ref];
      };
      store.modify<Pod>('pods', pod.metadata.namespace, pod.metadata.name, change, BY_CONTROLLER);
    },
    release(owner, pod) {
      const change = (draft: Pod) => {
        const rest = (draft.metadata.ownerReferences ?? []).filter(o => o.uid !== owner.metadata.uid);
        if (rest.length > 0) draft.metadata.ownerReferences = rest;
        else delete draft.metadata.ownerReferences;
      };
      store.modify<Pod>('pods', pod.metadata.namespace, pod.metadata.name, change, BY_CONTROLLER);
    },
  };
}

/** The key of a pod's owner, or of the objects that may adopt it. */
export function podOwnerKeys(pod: Obj, kind: string, candidates: () => string[]): string[] {
  const owner = pod.metadata.ownerReferences?.find(o => o.controller);
  if (!owner) return candidates();
  return owner.kind === kind ? [`${pod.metadata.namespace}/${owner.name}`] : [];
}

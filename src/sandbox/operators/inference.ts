import { type Controller, ownKey, placeOfKey } from '../controllers/controller-manager.ts';
import type { Condition } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { type KubeObject, timestamp } from '../object.ts';
import type { OperatorInstance } from './instance.ts';

interface InferenceService extends KubeObject {
  status?: { url?: string; observedGeneration?: number; conditions?: Condition[] };
}

const SERVICES = 'inferenceservices.serving.kserve.io';
/** How long it takes until a new InferenceService is ready, milliseconds. */
const READY_MS = 3000;
const IDLE_MS = 2000;

/** KServe's controller, reduced to one thing: an InferenceService becomes ready while the operator has a leader. */
export function inferenceController({ store, clock }: Parts, instance: OperatorInstance): Controller {
  const serve = (service: InferenceService) => {
    const { name, namespace } = service.metadata;
    const lastTransitionTime = timestamp(clock.now());
    const conditions = ['IngressReady', 'PredictorReady', 'Ready'].map(
      (type): Condition => ({ type, status: 'True', lastTransitionTime }),
    );
    const change = (draft: InferenceService) => {
      draft.status = {
        url: `http://${name}-${namespace}.apps.example.com`,
        observedGeneration: draft.metadata.generation ?? 1,
        conditions,
      };
    };
    store.modify<InferenceService>(SERVICES, namespace, name, change, {
      by: { manager: instance.manager, subresource: 'status' },
    });
  };
  return {
    name: 'kserve-inferenceservices',
    watches: { [SERVICES]: ownKey },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const info = store.get<KubeObject>('customresourcedefinitions.apiextensions.k8s.io', undefined, SERVICES);
      const service = info && store.get<InferenceService>(SERVICES, namespace, name);
      if (!service || service.metadata.deletionTimestamp || service.status?.conditions?.some(c => c.type === 'Ready'))
        return undefined;
      if (!instance.leader() || !instance.client.can('update', SERVICES, namespace)) return IDLE_MS;
      const age = clock.now() - Date.parse(service.metadata.creationTimestamp ?? '');
      if (age < READY_MS) return READY_MS - age;
      serve(service);
      return undefined;
    },
  };
}

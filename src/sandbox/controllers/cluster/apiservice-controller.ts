import { each, part } from '../../defaults/fill.ts';
import { sameJson, timestamp } from '../../object.ts';
import { replaceCondition } from '../conditions.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Condition, Obj } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';

interface ApiService extends Obj {
  spec?: { group?: string; version?: string; service?: { namespace: string; name: string; port?: number } };
  status?: { conditions?: Condition[] };
}

const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE_OF = 'kubernetes.io/service-name';

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * Sets the Available condition of APIServices. The sandbox simulates no aggregated API server, so at best the
 * connection is refused.
 */
export function apiServiceController({ store, clock }: Parts): Controller {
  const unavailable = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });

  const verdictOn = ({ spec }: ApiService): Verdict => {
    const target = spec?.service;
    if (!target) return { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
    const { namespace, name, port = 443 } = target;
    const where = `service/${name} in "${namespace}"`;
    const service = store.get('services', namespace, name);
    if (!service) return unavailable('ServiceNotFound', `${where} is not present`);
    const servicePort = each(part(service, 'spec'), 'ports').find(each => each.port === port);
    if (!servicePort) return unavailable('ServicePortError', `${where} is not listening on port ${port}`);
    const slices = store.list(SLICES, namespace, { matchLabels: { [SERVICE_OF]: name } });
    const ready = slices
      .flatMap(slice => each(slice, 'endpoints'))
      .some(one => part(one, 'conditions')?.ready !== false);
    const portName = String(servicePort.name ?? '');
    if (!ready)
      return unavailable('MissingEndpoints', `endpoints for ${where} have no addresses with port name "${portName}"`);
    const url = `https://${String(part(service, 'spec')?.clusterIP)}:${port}/apis/${spec?.group}/${spec?.version}`;
    const why = `Get "${url}": dial tcp: connect: connection refused`;
    return unavailable('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`);
  };

  const calling = (namespace: string | undefined, service: string): string[] =>
    store
      .list<ApiService>(API_SERVICES)
      .filter(({ spec }) => spec?.service?.namespace === namespace && spec?.service?.name === service)
      .map(keyOf);

  return {
    name: 'apiservice-availability',
    batchMs: 200,
    watches: {
      [API_SERVICES]: ownKey,
      services: ({ object }) => calling(object.metadata.namespace, object.metadata.name),
      [SLICES]: ({ object }) => calling(object.metadata.namespace, object.metadata.labels?.[SERVICE_OF] ?? ''),
    },
    reconcile(key) {
      const { name } = placeOfKey(key);
      const change = (draft: ApiService) => {
        if (!draft.spec?.service) return false;
        const condition = { type: 'Available', lastTransitionTime: timestamp(clock.now()), ...verdictOn(draft) };
        const conditions = replaceCondition(draft.status?.conditions, condition);
        if (sameJson(draft.status?.conditions, conditions)) return false;
        draft.status = { ...draft.status, conditions };
        return draft;
      };
      store.modify<ApiService>(API_SERVICES, undefined, name, change, STATUS_BY_CONTROLLER);
      return undefined;
    },
  };
}

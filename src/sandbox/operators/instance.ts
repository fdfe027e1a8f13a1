import type { SandboxClient } from '../context.ts';
import type { Container, Deployment, Obj, Pod } from '../controllers/kinds.ts';
import { selects } from '../controllers/labels.ts';
import type { Parts } from '../controllers/parts.ts';
import { isReady, isTerminating } from '../controllers/pods.ts';
import { timestamp } from '../object.ts';
import { isCutOff, type NetworkPolicy } from './isolation.ts';
import type { Operator } from './operator.ts';

/** The running pods of one operator. */
export interface OperatorInstance {
  operator: Operator;
  /** The API for the operator's ServiceAccount. */
  client: SandboxClient;
  /** Field manager of its writes. */
  manager: string;
  /** Its pods, the oldest first. */
  pods(): Pod[];
  /** Those that run and reach the API server. */
  connected(): Pod[];
  /** The pod that leads now, is ready and reaches the API. */
  leader(): Pod | undefined;
  /** The identity of this pod in a Lease. */
  identity(pod: Pod): string;
  /** Writes a line to the pod's first container; `at` (milliseconds) is now when absent. */
  log(pod: Pod, text: string, level?: 'INFO' | 'ERROR', at?: number): void;
}

const LEASE = 'leases.coordination.k8s.io';

const runs = (pod: Pod): boolean =>
  !isTerminating(pod) && pod.status?.containerStatuses?.[0]?.state.running !== undefined;

const mainContainer = (pod: Pod): Container | undefined => pod.spec.containers[0];

/** A stable identity: the pod's name and its uid. */
const identityOf = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.uid}`;

/** The instance of an operator over the pods of its Deployment, as they are at each call. */
export function instanceOf(parts: Parts, operator: Operator): OperatorInstance {
  const { store, clock, logs } = parts;
  const { namespace, name } = operator.deployment;
  const user = `system:serviceaccount:${namespace}:${operator.serviceAccount}`;
  const client = parts.as(user, [
    'system:serviceaccounts',
    `system:serviceaccounts:${namespace}`,
    'system:authenticated',
  ]);
  const policies = () => store.list<NetworkPolicy>('networkpolicies.networking.k8s.io', namespace);
  const byAge = (a: Obj, b: Obj) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');

  const instance: OperatorInstance = {
    operator,
    client,
    manager: name,
    pods() {
      const deployment = store.get<Deployment>('deployments.apps', namespace, name);
      if (!deployment) return [];
      const selector = deployment.spec.selector;
      return store
        .list<Pod>('pods', namespace)
        .filter(p => selects(selector, p.metadata.labels))
        .sort(byAge);
    },
    connected: () => instance.pods().filter(p => runs(p) && !isCutOff(p, policies(), 'egress')),
    leader() {
      const fit = instance.connected().filter(isReady);
      if (!operator.lease) return fit[0];
      const lease = store.get<Obj & { spec?: { holderIdentity?: string } }>(
        LEASE,
        operator.lease.namespace,
        operator.lease.name,
      );
      return fit.find(p => identityOf(p) === lease?.spec?.holderIdentity);
    },
    identity: identityOf,
    log(pod, text, level = 'INFO', at = clock.now()) {
      const container = mainContainer(pod)?.name;
      const line = { time: at, text: `${timestamp(at)}\t${level}\t${text}` };
      if (container) logs.append(namespace, pod.metadata.name, container, line);
    },
  };
  return instance;
}

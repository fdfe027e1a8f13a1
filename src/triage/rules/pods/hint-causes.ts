import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { text } from '../../../k8s/fields.ts';
import { serviceBackends } from '../../facts/behind-service.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import type { LogHint } from './log-hints.ts';

/** An address with its port, as connection errors name it. */
const ADDRESS = /\b(\d{1,3}(?:\.\d{1,3}){3}):\d+/g;

/**
 * What would explain a log line: the objects that it names, the Services whose addresses it has, and the workloads
 * behind those.
 */
export function hintCauses(view: ClusterView, { line, because }: LogHint): Cause[] {
  const addresses = new Set([...line.matchAll(ADDRESS)].map(([, address]) => address));
  const byAddress =
    addresses.size === 0 ? [] : [...view.all('Service')].filter(({ spec }) => addresses.has(text(spec.clusterIP)));
  const services = [...because.filter(({ kind }) => kind === 'Service'), ...byAddress.map(one => causeOf(refOf(one)))];
  const behind = services.flatMap(({ namespace = '', name }) => {
    const { policies, workloads } = serviceBackends(view, namespace, name);
    // A finding on a NetworkPolicy is only a warning until something is known to be blocked: the log shows that it is.
    return [...policies.map(one => causeOf(refOf(one), 'network/')), ...workloads.map(one => causeOf(refOf(one)))];
  });
  return [...because, ...services, ...behind];
}

import type { Call, Kernel } from '../api/kernel.ts';
import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { quantityText, quantityValue } from '../quantity.ts';
import { forbidden } from '../status.ts';

type Amounts = Record<string, number>;

const PLAIN_COUNTS = new Set([
  'pods',
  'services',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);

/** Whether a Pod has ended, so that it no longer uses its quota. */
function isFinished(pod: KubeObject): boolean {
  const phase = part(pod, 'status')?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

function addCompute(into: Amounts, pod: KubeObject): void {
  for (const container of each(part(pod, 'spec'), 'containers')) {
    for (const side of ['requests', 'limits'] as const) {
      for (const [name, amount] of Object.entries(part(container, 'resources', side) ?? {})) {
        const value = quantityValue(amount) ?? 0;
        into[`${side}.${name}`] = (into[`${side}.${name}`] ?? 0) + value;
        if (side === 'requests') into[name] = (into[name] ?? 0) + value;
      }
    }
  }
}

/** What one object uses of a quota, by the names of quota resources. */
export function usageOf(group: string, resource: string, object: KubeObject): Amounts {
  const usage: Amounts = { [`count/${group ? `${resource}.${group}` : resource}`]: 1 };
  if (group !== '') return usage;
  if (resource === 'pods') {
    if (isFinished(object)) return { [`count/${resource}`]: 1 };
    addCompute(usage, object);
  }
  if (resource === 'persistentvolumeclaims') {
    const size = quantityValue(part(object, 'spec', 'resources', 'requests')?.storage);
    if (size !== undefined) usage['requests.storage'] = size;
  }
  if (resource === 'services') countServiceKinds(usage, object);
  if (PLAIN_COUNTS.has(resource)) usage[resource] = 1;
  return usage;
}

function countServiceKinds(usage: Amounts, service: KubeObject): void {
  const type = part(service, 'spec')?.type;
  if (type === 'LoadBalancer') usage['services.loadbalancers'] = 1;
  if (type === 'NodePort' || type === 'LoadBalancer')
    usage['services.nodeports'] = each(part(service, 'spec'), 'ports').length;
}

/** What all objects of a resource in a namespace use together. */
function usedBy(kernel: Kernel, call: Call): Amounts {
  const { info, namespace } = call;
  const total: Amounts = {};
  for (const object of kernel.store.list(info.key, namespace))
    for (const [name, amount] of Object.entries(usageOf(info.group, info.resource, object)))
      total[name] = (total[name] ?? 0) + amount;
  return total;
}

/** Refuses a new object that would take more than a ResourceQuota of its namespace allows. */
export function refuseOverQuota(kernel: Kernel, call: Call, object: KubeObject): void {
  const { info, namespace } = call;
  if (!info.namespaced || namespace === undefined || info.key === 'resourcequotas') return;
  const quotas = kernel.store.list('resourcequotas', namespace);
  if (quotas.length === 0) return;
  const requested = usageOf(info.group, info.resource, object);
  const used = usedBy(kernel, call);
  for (const quota of quotas) refuseExceeded(call, object, quota, requested, used);
}

function refuseExceeded(call: Call, object: KubeObject, quota: KubeObject, requested: Amounts, used: Amounts): void {
  const hard = part(quota, 'spec', 'hard') ?? {};
  const named = Object.keys(hard).sort();
  const { name } = object.metadata;
  const unspecified = call.info.key === 'pods' ? named.filter(n => COMPUTE.test(n) && requested[n] === undefined) : [];
  if (unspecified.length > 0)
    throw forbidden(
      call.info,
      name,
      `failed quota: ${quota.metadata.name}: must specify ${mustSpecify(object, unspecified)}`,
    );
  const exceeded = named.filter(
    n => (requested[n] ?? 0) > 0 && (used[n] ?? 0) + (requested[n] ?? 0) > (quantityValue(hard[n]) ?? 0),
  );
  if (exceeded.length === 0) return;
  const list = (amount: (n: string) => string) => exceeded.map(n => `${n}=${amount(n)}`).join(',');
  throw forbidden(
    call.info,
    name,
    `exceeded quota: ${quota.metadata.name}, requested: ${list(n => quantityText(requested[n] ?? 0, hard[n]))}, ` +
      `used: ${list(n => quantityText(used[n] ?? 0, hard[n]))}, limited: ${list(n => String(hard[n]))}`,
  );
}

const COMPUTE = /^((requests|limits)\.)?(cpu|memory)$/;

function mustSpecify(pod: KubeObject, names: readonly string[]): string {
  const containers = each(part(pod, 'spec'), 'containers').map(c => String(c.name));
  return names.map(n => `${n} for: ${containers.join(',')}`).join('; ');
}

import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { quantityOf } from '../../../k8s/quantity.ts';

/** Amounts by resource: `cpu` in cores, `memory` in bytes, `pods` in number. */
export type Amounts = ReadonlyMap<string, number>;

/**
 * What a pod requests from its node: the sum of its containers and sidecars, or the largest init container, plus its
 * overhead.
 */
export function requestsOf(pod: ViewObject): Amounts {
  const total = new Map<string, number>([['pods', 1]]);
  const add = (amounts: Fields, into: Map<string, number>) => {
    for (const [name, amount] of Object.entries(amounts))
      into.set(name, (into.get(name) ?? 0) + (quantityOf(amount) ?? 0));
  };
  const asked = (container: Fields) => fields(fields(container.resources).requests);
  for (const container of list(pod.spec.containers)) add(asked(container), total);
  for (const container of list(pod.spec.initContainers)) {
    if (container.restartPolicy === 'Always') add(asked(container), total);
    else
      for (const [name, amount] of Object.entries(asked(container)))
        total.set(name, Math.max(total.get(name) ?? 0, quantityOf(amount) ?? 0));
  }
  add(fields(pod.spec.overhead), total);
  return total;
}

/** The free resources of each node: its allocatable minus the requests of its pods. */
export function freeOnNodes(view: ClusterView): ReadonlyMap<string, { allocatable: Amounts; free: Amounts }> {
  const nodes = new Map<string, { allocatable: Amounts; free: Map<string, number> }>();
  for (const node of view.all('Node')) {
    const allocatable = new Map(
      Object.entries(fields(node.status.allocatable)).map(([name, amount]) => [name, quantityOf(amount) ?? 0]),
    );
    nodes.set(node.metadata.name, { allocatable, free: new Map(allocatable) });
  }
  for (const pod of view.all('Pod')) {
    const on = nodes.get(text(pod.spec.nodeName));
    if (on === undefined || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    for (const [name, amount] of requestsOf(pod)) on.free.set(name, (on.free.get(name) ?? 0) - amount);
  }
  return nodes;
}

/** An amount as people write it: `1.5Gi`, `250m`, `3`. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu')
    return amount < 10 && !Number.isInteger(amount)
      ? `${Math.round(amount * 1000)}m`
      : String(Math.round(amount * 10) / 10);
  if (!/memory|storage|hugepages/.test(resource)) return String(amount);
  const unit = (['Ti', 'Gi', 'Mi', 'Ki'] as const).find((_, index) => Math.abs(amount) >= 1024 ** (4 - index));
  if (unit === undefined) return String(Math.round(amount));
  const power = { Ki: 1, Mi: 2, Gi: 3, Ti: 4 }[unit];
  return `${Math.round((amount / 1024 ** power) * 10) / 10}${unit}`;
}

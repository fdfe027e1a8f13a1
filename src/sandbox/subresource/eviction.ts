import { refuseOtherKind } from '../api/decode.ts';
import { deleteObject } from '../api/delete.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import { bodyAsksForDryRun, refuseInvalidPropagationPolicy } from '../api/options.ts';
import { currentObject } from '../api/update.ts';
import { ensure, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject, timestamp } from '../object.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../selector.ts';
import { badRequest, StatusError } from '../status.ts';
import type { DeleteOptions } from '../store.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction', custom: false };
const BUDGETS = 'poddisruptionbudgets.policy';

function budgetsOf(kernel: Kernel, pod: KubeObject): KubeObject[] {
  return kernel.store.list(BUDGETS, pod.metadata.namespace).filter(budget => {
    const selector = part(budget, 'spec', 'selector');
    return selector !== undefined && satisfies(pod.metadata.labels, requirementsOf(selector as LabelSelector));
  });
}

function budgetRefusal(message: string, retryAfterSeconds?: number): StatusError {
  return new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  });
}

function refuseViolation(budget: KubeObject): void {
  const status = part(budget, 'status') ?? {};
  const { name, generation = 0 } = budget.metadata;
  if (Number(status.observedGeneration ?? 0) < generation)
    throw budgetRefusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (Number(status.disruptionsAllowed ?? 0) > 0) return;
  throw budgetRefusal(
    `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
  );
}

/** Whether evicting the Pod disrupts nothing: it has ended, or has not started. */
function disruptsNothing(pod: KubeObject): boolean {
  const phase = part(pod, 'status')?.phase;
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  );
}

/**
 * Deletes a Pod if its disruption budgets allow it. 429 when they do not. The query or the body may ask for a dry
 * run.
 */
export async function evict(kernel: Kernel, request: Call, body: unknown): Promise<void> {
  refuseOtherKind(kernel, body, EVICTION, ['policy/v1', 'policy/v1beta1']);
  if (part(body, 'metadata')?.name !== request.name)
    throw badRequest('name in URL does not match name in Eviction object');
  const pod = currentObject(kernel, request);
  const deleteOptions = isRecord(body) && isRecord(body.deleteOptions) ? body.deleteOptions : {};
  const call = { ...request, dryRun: request.dryRun || bodyAsksForDryRun(deleteOptions) };
  refuseInvalidPropagationPolicy(deleteOptions.propagationPolicy, deleteOptions.orphanDependents);
  const budgets = budgetsOf(kernel, pod);
  if (budgets.length > 1)
    throw new StatusError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const [budget] = budgets;
  if (budget && !disruptsNothing(pod)) {
    refuseViolation(budget);
    if (!call.dryRun) countDisruption(kernel, budget, pod);
  }
  await deleteObject(kernel, { ...call, subresource: '' }, deleteOptions as DeleteOptions);
}

function countDisruption(kernel: Kernel, budget: KubeObject, pod: KubeObject): void {
  kernel.store.modify(
    BUDGETS,
    budget.metadata.namespace,
    budget.metadata.name,
    draft => {
      const status = ensure(draft, 'status');
      status.disruptionsAllowed = Number(status.disruptionsAllowed ?? 0) - 1;
      ensure(status, 'disruptedPods')[pod.metadata.name] = timestamp(kernel.clock.now());
    },
    { by: { manager: 'kube-apiserver', subresource: 'status' } },
  );
}

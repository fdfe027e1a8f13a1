import { messageOf } from '../../text/message-of.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../context.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { applyJsonPatch, type PatchStep } from '../patch/json-patch.ts';
import { groupVersion } from '../registry.ts';
import { internalError, StatusError } from '../status.ts';
import { callBackend } from './backend.ts';
import { matchesConditions } from './conditions.ts';
import { matchesRequest, type Operation, type Webhook } from './match.ts';
import { scopeOf } from './policies.ts';

const GROUP = 'admissionregistration.k8s.io';

/** The configurations themselves are never sent to webhooks, or a broken one could not be repaired. */
const isExempt = (call: Call): boolean => call.info.group === GROUP;

function matchingWebhooks(
  kernel: Kernel,
  resource: string,
  call: Call,
  operation: Operation,
  object: KubeObject | undefined,
  before: KubeObject | undefined,
): Webhook[] {
  if (isExempt(call)) return [];
  return kernel.store
    .list(`${resource}.${GROUP}`)
    .flatMap(config => (config.webhooks ?? []) as Webhook[])
    .filter(hook => matchesRequest(kernel, hook, call, operation, object, before))
    .filter(({ matchConditions, failurePolicy }) =>
      matchesConditions(
        matchConditions,
        scopeOf(kernel, call, { operation, object, before }),
        failurePolicy !== 'Ignore',
      ),
    );
}

function requestFor(
  kernel: Kernel,
  call: Call,
  operation: Operation,
  object: KubeObject | undefined,
  before: KubeObject | undefined,
): AdmissionRequest {
  const { info, version, subresource, namespace, name, user, dryRun } = call;
  return {
    uid: kernel.random.uid(),
    kind: { group: info.group, version, kind: info.kind },
    resource: { group: info.group, version, resource: info.resource },
    ...(subresource ? { subResource: subresource } : {}),
    name: name || object?.metadata.name || '',
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    userInfo: user,
    object: object ?? null,
    oldObject: before ?? null,
    dryRun,
  };
}

/** Asks one webhook. Undefined when the call failed and the failure policy is Ignore. */
async function callWebhook(
  kernel: Kernel,
  hook: Webhook,
  request: AdmissionRequest,
): Promise<AdmissionAnswer | undefined> {
  try {
    return await callBackend(kernel, hook, request);
  } catch (error) {
    if (hook.failurePolicy === 'Ignore') return undefined;
    const why = messageOf(error);
    throw internalError(`failed calling webhook "${hook.name}": failed to call webhook: ${why}`);
  }
}

function refuseDenied(call: Call, hook: Webhook, answer: AdmissionAnswer): void {
  for (const warning of answer.warnings ?? []) call.warnings.push(warning);
  if (answer.allowed) return;
  const { message, reason, code = 0 } = answer.status ?? {};
  const reasonGiven = message || reason;
  const text = `admission webhook "${hook.name}" denied the request${reasonGiven ? `: ${reasonGiven}` : ' without explanation'}`;
  throw new StatusError(Math.max(code, 400), reason ?? '', text);
}

/** Lets every matching mutating webhook change the object, one after the other. */
export async function callMutating(
  kernel: Kernel,
  call: Call,
  operation: Operation,
  object: KubeObject,
  before: KubeObject | undefined,
): Promise<KubeObject>;
export async function callMutating(
  kernel: Kernel,
  call: Call,
  operation: Operation,
  object: undefined,
  before: KubeObject,
): Promise<undefined>;
export async function callMutating(
  kernel: Kernel,
  call: Call,
  operation: Operation,
  object: KubeObject | undefined,
  before: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  let changed = object;
  for (const hook of matchingWebhooks(kernel, 'mutatingwebhookconfigurations', call, operation, object, before)) {
    const answer = await callWebhook(kernel, hook, requestFor(kernel, call, operation, changed, before));
    if (!answer) continue;
    refuseDenied(call, hook, answer);
    if (changed && answer.patch?.length) changed = patchedBy(hook, changed, answer.patch, call);
  }
  return changed;
}

function patchedBy(hook: Webhook, object: KubeObject, patch: readonly PatchStep[], call: Call): KubeObject {
  try {
    const result = applyJsonPatch(object, patch);
    if (isRecord(result) && isRecord(result.metadata)) return result as unknown as KubeObject;
  } catch (error) {
    throw internalError(`failed to apply the patch of webhook "${hook.name}": ${(error as Error).message}`);
  }
  throw internalError(
    `webhook "${hook.name}" left no ${groupVersion(call.info.group, call.version)} ${call.info.kind}`,
  );
}

/** Calls every matching validating webhook; the first refusal counts. */
export async function callValidating(
  kernel: Kernel,
  call: Call,
  operation: Operation,
  object: KubeObject | undefined,
  before: KubeObject | undefined,
): Promise<void> {
  for (const hook of matchingWebhooks(kernel, 'validatingwebhookconfigurations', call, operation, object, before)) {
    const answer = await callWebhook(kernel, hook, requestFor(kernel, call, operation, object, before));
    if (answer) refuseDenied(call, hook, answer);
  }
}

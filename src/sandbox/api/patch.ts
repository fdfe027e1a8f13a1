import { applyDefaults } from '../defaults/kinds.ts';
import { applyConfig } from '../managed/apply.ts';
import { cloneJson, isRecord, type KubeObject, timestamp } from '../object.ts';
import { applyJsonPatch, PatchError, type PatchStep } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicPatch } from '../patch/strategic.ts';
import { WrongType } from '../schema/coerce.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import { createDecoded, placeInNamespace } from './create.ts';
import { decodeObject, ownKind, unreadablePatch } from './decode.ts';
import { managerOf, schemaOf, unwritable } from './fields.ts';
import type { Call, Kernel } from './kernel.ts';
import { currentObject, refuseStale, writeOver } from './update.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** The refusal a patch gets whose steps do not fit the object. */
const unfitting = (): StatusError =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** The JSON of an object after a patch. */
export function patched(kernel: Kernel, call: Call, document: unknown, type: PatchType, patch: unknown): unknown {
  if (type === 'merge') return applyMergePatch(document, patch);
  if (type === 'strategic') return applyStrategicPatch(document, patch, schemaOf(kernel, call));
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  try {
    return applyJsonPatch(document, patch as PatchStep[]);
  } catch (error) {
    if (error instanceof PatchError) throw unfitting();
    throw error;
  }
}

/** Patches an object. The patch may carry a resourceVersion or uid, which must then be the current ones. */
export async function patchObject(kernel: Kernel, call: Call, type: PatchType, patch: unknown): Promise<KubeObject> {
  const current = currentObject(kernel, call);
  const result = patched(kernel, call, current, type, patch);
  const next = readPatched(kernel, call, result);
  if (next.metadata.name !== current.metadata.name)
    throw badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${call.name})`,
    );
  placeInNamespace(call, next);
  refuseStale(call, current, {
    ...next,
    metadata: {
      ...next.metadata,
      resourceVersion: next.metadata.resourceVersion ?? (current.metadata.resourceVersion as string),
    },
  });
  applyDefaults(call.info.key, next);
  return writeOver(kernel, call, current, next);
}

function readPatched(kernel: Kernel, call: Call, result: unknown): KubeObject {
  try {
    return decodeObject(kernel, call, result, ownKind(call), true);
  } catch (error) {
    if (error instanceof WrongType) throw unreadablePatch(result, error);
    throw error;
  }
}

/** Server-side apply: creates the object or lays the configuration over it. Answers whether it was created. */
export async function applyObject(
  kernel: Kernel,
  call: Call,
  config: unknown,
  force: boolean,
): Promise<{ object: KubeObject; created: boolean }> {
  refuseUnnamed(call);
  if (!isRecord(config)) throw badRequest('error decoding YAML: the body is not an object');
  if (isRecord(config.metadata) && config.metadata.managedFields !== undefined)
    throw badRequest('metadata.managedFields must be nil');
  const stated = {
    ...cloneJson(config),
    metadata: { ...(isRecord(config.metadata) ? config.metadata : {}), name: call.name },
  };
  placeInNamespace(call, stated as unknown as KubeObject);
  // Reading it as the kind finds unknown fields and wrong types; what is applied are the fields stated, no defaults.
  decodeObject(kernel, call, stated, ownKind(call));
  const live = kernel.store.get(call.info.key, call.namespace, call.name);
  const time = timestamp(kernel.clock.now());
  const node = schemaOf(kernel, call);
  const next = applyConfig(
    live,
    stated as unknown as KubeObject,
    node,
    managerOf(call, 'Apply'),
    time,
    force,
    unwritable(call),
  );
  const warnings: string[] = [];
  const object = decodeObject(kernel, { ...call, fieldValidation: 'Ignore', warnings }, next, ownKind(call));
  if (!live) return { object: await createDecoded(kernel, call, object, true), created: true };
  applyDefaults(call.info.key, object);
  return { object: await writeOver(kernel, call, live, object, true), created: false };
}

function refuseUnnamed(call: Call): void {
  if (call.manager !== '') return;
  throw invalid('meta.k8s.io', 'PatchOptions', '', [
    { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
  ]);
}

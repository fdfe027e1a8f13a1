import { atVersion } from '../crd/at-version.ts';
import { applyDefaults } from '../defaults/kinds.ts';
import { applyConfig } from '../managed/apply.ts';
import { typingProblem } from '../managed/typed.ts';
import { cloneJson, isRecord, type KubeObject, timestamp } from '../object.ts';
import { applyJsonPatch, PatchError, type PatchStep } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicPatch, BadDirective, NoMergeKey } from '../patch/strategic.ts';
import { groupVersion } from '../registry.ts';
import { pruneCustom, WrongType } from '../schema/coerce.ts';
import type { SchemaNode } from '../schema/node.ts';
import { badRequest, conflict, invalid, modified, StatusError } from '../status.ts';
import { invalidValue } from '../validate/field.ts';
import { createDecoded, placeInNamespace } from './create.ts';
import { decodeObject, expectedKindOf, invalidPatchResult, KindMismatch, readObject } from './decode.ts';
import { managerOf, schemaOf, unwritablePaths } from './fields.ts';
import type { Call, Kernel } from './kernel.ts';
import { currentObject, inGroupOf, refuseOtherName, writeOver } from './update.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** The refusal of a patch whose operations cannot be applied to the object. */
const inapplicablePatch = (): StatusError =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

function strategic(kernel: Kernel, call: Call, document: unknown, patch: unknown): unknown {
  try {
    return applyStrategicPatch(document, patch, schemaOf(kernel, call));
  } catch (error) {
    if (error instanceof NoMergeKey) throw new StatusError(500, '', error.message);
    if (error instanceof BadDirective)
      throw error.code === 400 ? badRequest(error.message) : new StatusError(500, '', error.message);
    throw error;
  }
}

/** The JSON of an object after a patch. */
export function applyPatch(kernel: Kernel, call: Call, document: unknown, type: PatchType, patch: unknown): unknown {
  if (type !== 'json' && !isRecord(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
    );
  if (type === 'merge') return applyMergePatch(document, patch);
  if (type === 'strategic') return strategic(kernel, call, document, patch);
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  try {
    return applyJsonPatch(document, patch as PatchStep[]);
  } catch (error) {
    if (error instanceof PatchError) throw inapplicablePatch();
    throw error;
  }
}

/** Patches an object. The patch may carry a resourceVersion, which must then be the current one. */
export async function patchObject(kernel: Kernel, call: Call, type: PatchType, patch: unknown): Promise<KubeObject> {
  const current = currentObject(kernel, call);
  const result = applyPatch(kernel, call, atVersion(kernel, call.info, call.version, current), type, patch);
  const next = readPatched(kernel, call, result, type === 'strategic' ? patch : undefined);
  refuseOtherName(call, next);
  placeInNamespace(call, next);
  const { resourceVersion } = next.metadata;
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw modified(call.info, call.name);
  refuseChangedIdentity(call, current, next);
  applyDefaults(call.info.key, next);
  return writeOver(kernel, call, current, next);
}

/** Decodes the result of a patch. `strategic` is the patch itself, which refusals of strategic patches quote. */
function readPatched(kernel: Kernel, call: Call, result: unknown, strategic: unknown): KubeObject {
  try {
    return readObject(kernel, call, result, expectedKindOf(call));
  } catch (error) {
    if (error instanceof WrongType || error instanceof KindMismatch)
      throw invalidPatchResult(strategic ?? result, strategic !== undefined, error);
    throw error;
  }
}

/** Refuses a patch of fields that only the server sets. */
function refuseChangedIdentity({ info, name }: Call, current: KubeObject, next: KubeObject): void {
  const causes = (['uid', 'deletionTimestamp'] as const)
    .filter(field => next.metadata[field] !== undefined && next.metadata[field] !== current.metadata[field])
    .map(field => invalidValue(`metadata.${field}`, next.metadata[field], 'field is immutable'));
  // The server checks these in two places and reports both.
  if (causes.length > 0) throw invalid(info.group, info.kind, name, [...causes, ...causes]);
}

/** Server-side apply: creates the object or merges the configuration into it. Says whether it was created. */
export async function applyObject(
  kernel: Kernel,
  call: Call,
  config: unknown,
  force: boolean,
): Promise<{ object: KubeObject; created: boolean }> {
  refuseUnnamed(call);
  refuseNonObject(config);
  refuseOtherObject(call, config);
  const node = schemaOf(kernel, call);
  const stated = configWithName(kernel, call, config, node);
  placeInNamespace(call, stated);
  const stored = kernel.store.get(call.info.key, call.namespace, call.name);
  const live = stored && inGroupOf(kernel, call, stored);
  if (live && stated.metadata.resourceVersion && stated.metadata.resourceVersion !== live.metadata.resourceVersion)
    throw modified(call.info, call.name);
  if (!live) refuseUidOfMissingObject(call, stated);
  const time = timestamp(kernel.clock.now());
  const next = applyConfig(live, stated, node, managerOf(call, 'Apply'), time, force, unwritablePaths(call));
  const object = decodeObject(kernel, { ...call, fieldValidation: 'Ignore' }, next, expectedKindOf(call));
  const { name } = isRecord(config.metadata) ? config.metadata : {};
  if (name !== undefined && name !== call.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  if (live) refuseChangedIdentity(call, live, object);
  if (!live) return { object: await createDecoded(kernel, call, object, true), created: true };
  applyDefaults(call.info.key, object);
  return { object: await writeOver(kernel, call, live, object, true), created: false };
}

/** An apply that states a uid must not create another object. A stated resource version is dropped. */
function refuseUidOfMissingObject({ info, name }: Call, { metadata }: KubeObject): void {
  if (metadata.uid)
    throw conflict(
      info,
      name,
      `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`,
    );
  delete metadata.resourceVersion;
}

/** `group/version` with a slash even where there is no group. */
const qualifiedVersion = (apiVersion: unknown): string => {
  const text = String(apiVersion ?? '');
  return text.includes('/') ? text : `/${text}`;
};

function refuseNonObject(config: unknown): asserts config is Record<string, unknown> {
  if (isRecord(config)) return;
  if (config === null) throw badRequest('invalid object type: /, Kind=');
  const type = Array.isArray(config) ? 'array' : typeof config;
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  );
}

/** Refuses a configuration that says it is another object than the one in the path. */
function refuseOtherObject(call: Call, config: Record<string, unknown>): void {
  const { apiVersion, kind } = config;
  const own = expectedKindOf(call);
  if (apiVersion !== groupVersion(own.group, own.version) || kind !== own.kind)
    throw badRequest(`invalid object type: ${qualifiedVersion(apiVersion)}, Kind=${kind ?? ''}`);
  const meta = isRecord(config.metadata) ? config.metadata : {};
  if (meta.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
}

/** The configuration with the name of the path. 500 when its fields are not those of the kind, as on a real server. */
function configWithName(
  kernel: Kernel,
  call: Call,
  config: Record<string, unknown>,
  node: SchemaNode | undefined,
): KubeObject {
  const { info } = call;
  const problem = node && typingProblem(config, node);
  if (problem) {
    const meta = isRecord(config.metadata) ? config.metadata : {};
    const type = `${info.group}/${call.version}, Kind=${info.kind}`;
    throw new StatusError(
      500,
      '',
      `failed to create typed patch object (${meta.namespace ?? ''}/${meta.name ?? ''}; ${type}): ${problem}`,
    );
  }
  const copy = cloneJson(config) as unknown as KubeObject;
  copy.metadata = { ...copy.metadata, name: call.name };
  // Only the stated fields are applied. The configuration is decoded just to report unknown fields.
  if (!info.custom || !node) return copy;
  decodeObject(kernel, call, copy, expectedKindOf(call));
  return pruneCustom(copy as unknown as Record<string, unknown>, node).value as KubeObject;
}

function refuseUnnamed(call: Call): void {
  if (call.manager !== '') return;
  throw invalid('meta.k8s.io', 'PatchOptions', '', [
    { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
  ]);
}

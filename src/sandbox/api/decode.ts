import { goText } from '../go-text.ts';
import { cloneJson, isRecord, type KubeObject } from '../object.ts';
import { groupVersion } from '../registry.ts';
import { applySchemaDefaults, coerceBuiltin, pruneCustom, WrongType } from '../schema/coerce.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import { invalidValue } from '../validate/field.ts';
import type { Call, Kernel } from './kernel.ts';

/** The kind a call's body must be of. */
export interface ExpectedKind {
  group: string;
  version: string;
  kind: string;
  custom: boolean;
}

/** The body is of another kind than the request expects. The message is the decoder's. */
export class KindMismatch extends Error {}

/** The kind of the object itself, in the version of the path. */
export const expectedKindOf = (call: Call): ExpectedKind => ({
  group: call.info.group,
  version: call.version,
  kind: call.info.kind,
  custom: call.info.custom,
});

/** The internal package of a group, as conversion errors name it. */
const internalPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? group));

/** The error for an object of another kind than the expected one. */
function kindMismatch(kernel: Kernel, apiVersion: string, kind: string, expected: ExpectedKind): KindMismatch {
  const [first = '', second] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const prefix = `${kind} in version "${version}" cannot be handled as a ${expected.kind}`;
  const known = kernel.schemas.typeName(group, version, kind) !== undefined;
  return new KindMismatch(
    known
      ? `${prefix}: converting (${version}.${kind}) to (${internalPackage(expected.group)}.${expected.kind}): unknown conversion`
      : `${prefix}: no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
  );
}

/** The body with its kind and version. A body of a built-in kind may leave them out, as the path states them. */
function withTypeMeta(kernel: Kernel, body: Record<string, unknown>, expected: ExpectedKind): Record<string, unknown> {
  const wanted = groupVersion(expected.group, expected.version);
  const { custom } = expected;
  for (const field of ['kind', 'apiVersion'] as const)
    if (custom && !body[field])
      throw badRequest(`Object '${field === 'kind' ? 'Kind' : 'apiVersion'}' is missing in '${JSON.stringify(body)}'`);
  const apiVersion = String(body.apiVersion || wanted);
  const kind = String(body.kind || expected.kind);
  if (custom && apiVersion !== wanted)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  if (custom && kind !== expected.kind)
    throw invalid(expected.group, kind, String((body.metadata as Record<string, unknown> | undefined)?.name ?? ''), [
      invalidValue('kind', kind, `must be ${expected.kind}`),
    ]);
  if (apiVersion !== wanted || kind !== expected.kind) throw kindMismatch(kernel, apiVersion, kind, expected);
  return { ...body, apiVersion, kind };
}

const cannotHandle = (expected: ExpectedKind, why: string): string =>
  `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${why}`;

/** Reports unknown fields as the call's field validation asks: not at all, as warnings, or as a refusal. */
function reportUnknown(call: Call, unknown: readonly string[]): void {
  if (call.fieldValidation === 'Ignore') return;
  const lines = [
    ...(call.duplicates ?? []).map(path => `duplicate field ${JSON.stringify(path)}`),
    ...unknown.map(path => `unknown field ${JSON.stringify(path)}`),
  ];
  if (lines.length === 0) return;
  if (call.fieldValidation === 'Warn') call.warnings.push(...lines);
  else throw new WrongType(`strict decoding error: ${lines.join(', ')}`);
}

/** Refuses a body of another kind than the one expected, in one of some versions. */
export function refuseOtherKind(
  kernel: Kernel,
  body: unknown,
  expected: ExpectedKind,
  versions: readonly string[],
): void {
  const { apiVersion, kind } = isRecord(body) ? body : {};
  if (!kind || (kind === expected.kind && versions.includes(String(apiVersion)))) return;
  throw badRequest(kindMismatch(kernel, String(apiVersion), String(kind), expected).message);
}

/**
 * A body as an object of the expected kind: fields the kind does not have are dropped (and reported), types are checked, a
 * custom kind's defaults are filled in. Throws WrongType for a value of a wrong type, KindMismatch for another kind.
 */
export function readObject(kernel: Kernel, call: Call, body: unknown, expected: ExpectedKind): KubeObject {
  if (!isRecord(body)) throw new WrongType('the body is not an object');
  const copy = cloneJson(withTypeMeta(kernel, body, expected));
  const node = kernel.schemas.of(expected.group, expected.version, expected.kind);
  if (!node) return withMetadata(copy);
  const { value, unknown } = expected.custom ? pruneCustom(copy, node) : coerceBuiltin(copy, node);
  const object = withMetadata(value as Record<string, unknown>);
  const meta = expected.custom ? node.property('metadata') : undefined;
  if (!meta) {
    reportUnknown(call, unknown);
    return object;
  }
  const coerced = coerceBuiltin(object.metadata as unknown as Record<string, unknown>, meta);
  reportUnknown(call, [...unknown, ...coerced.unknown.map(path => `metadata.${path}`)].sort());
  object.metadata = coerced.value as KubeObject['metadata'];
  applySchemaDefaults(object, node);
  return object;
}

/** Like `readObject`, for a body sent as it is: 400 with the decoder's words when it cannot be read. */
export function decodeObject(kernel: Kernel, call: Call, body: unknown, expected: ExpectedKind): KubeObject {
  try {
    return readObject(kernel, call, body, expected);
  } catch (error) {
    if (error instanceof WrongType) throw badRequest(cannotHandle(expected, error.message));
    if (error instanceof KindMismatch) throw badRequest(error.message);
    throw error;
  }
}

function withMetadata(value: Record<string, unknown>): KubeObject {
  if (!isRecord(value.metadata)) value.metadata = {};
  return value as unknown as KubeObject;
}

/** The refusal of a patch whose result is not of the kind: what was applied and the decoder's words. */
export function invalidPatchResult(applied: unknown, strategic: boolean, error: Error): StatusError {
  const shown = strategic ? goText(applied) : JSON.stringify(applied);
  const fromMapMessage = strategic && error instanceof WrongType ? error.fromMapMessage : undefined;
  const why = fromMapMessage ?? error.message;
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`;
  return new StatusError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

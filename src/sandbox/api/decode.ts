import { cloneJson, isRecord, type KubeObject } from '../object.ts';
import { groupVersion } from '../registry.ts';
import { applySchemaDefaults, coerceBuiltin, pruneCustom, WrongType } from '../schema/coerce.ts';
import { badRequest, StatusError } from '../status.ts';
import type { Call, Kernel } from './kernel.ts';

/** The kind a call's body must be of. */
export interface ExpectedKind {
  group: string;
  version: string;
  kind: string;
  custom: boolean;
}

/** The kind of the object itself, in the version of the path. */
export const ownKind = (call: Call): ExpectedKind => ({
  group: call.info.group,
  version: call.version,
  kind: call.info.kind,
  custom: call.info.custom,
});

function refuseOtherKind(body: Record<string, unknown>, expected: ExpectedKind): void {
  const wanted = groupVersion(expected.group, expected.version);
  const { apiVersion, kind } = body;
  if (typeof kind !== 'string' || kind === '')
    throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw badRequest(`Object 'apiVersion' is missing in '${JSON.stringify(body)}'`);
  if (apiVersion !== wanted)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  if (kind !== expected.kind)
    throw badRequest(
      `${kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: no match for kind`,
    );
}

/** Says what is wrong with unknown fields, as loudly as the call asks for. */
function reportUnknown(call: Call, expected: ExpectedKind, unknown: readonly string[]): void {
  if (unknown.length === 0 || call.fieldValidation === 'Ignore') return;
  const lines = unknown.map(path => `unknown field ${JSON.stringify(path)}`);
  if (call.fieldValidation === 'Warn') call.warnings.push(...lines);
  else throw badRequest(cannotHandle(expected, `strict decoding error: ${lines.join(', ')}`));
}

export const cannotHandle = (expected: ExpectedKind, why: string): string =>
  `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${why}`;

/**
 * The body of a write as an object of the expected kind: fields the kind does not have are dropped (and reported), the
 * types are checked, a custom kind's defaults are filled in. 400 with the decoder's words when it
 * cannot be read; with `raw` the decoder's own WrongType.
 */
export function decodeObject(
  kernel: Kernel,
  call: Call,
  body: unknown,
  expected: ExpectedKind,
  raw = false,
): KubeObject {
  if (!isRecord(body)) throw badRequest(cannotHandle(expected, 'the body is not an object'));
  refuseOtherKind(body, expected);
  const node = kernel.schemas.of(expected.group, expected.version, expected.kind);
  if (!node) return withMetadata(cloneJson(body));
  try {
    const copy = cloneJson(body);
    const { value, unknown } = expected.custom ? pruneCustom(copy, node) : coerceBuiltin(copy, node);
    reportUnknown(call, expected, unknown);
    const object = withMetadata(value as Record<string, unknown>);
    if (expected.custom) {
      const meta = node.property('metadata');
      if (meta)
        object.metadata = coerceBuiltin(object.metadata as unknown as Record<string, unknown>, meta)
          .value as KubeObject['metadata'];
      applySchemaDefaults(object, node);
    }
    return object;
  } catch (error) {
    if (error instanceof WrongType && !raw) throw badRequest(cannotHandle(expected, error.message));
    throw error;
  }
}

function withMetadata(value: Record<string, unknown>): KubeObject {
  if (!isRecord(value.metadata)) value.metadata = {};
  return value as unknown as KubeObject;
}

/** The refusal of a patch whose result is not of the kind: the whole result and the decoder's words. */
export function unreadablePatch(result: unknown, error: WrongType): StatusError {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(result))}: ${error.message}`;
  return new StatusError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

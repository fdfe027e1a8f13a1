import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { badRequest, StatusError } from '../status.ts';
import { JsonError, readJson } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';

const LIMIT = 3 * 1024 * 1024;

/** The whole body of a request. 413 above 3 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The rest of a too long body is read and dropped, since clients read the answer only after they have sent
  // everything.
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= LIMIT) chunks.push(chunk as Buffer);
  }
  if (size > LIMIT) throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LIMIT}`);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** The type of a body, without its parameters. */
export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function unsupportedMedia(accepted: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

const PATCH_TYPES = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

export type PatchKind = (typeof PATCH_TYPES)[keyof typeof PATCH_TYPES];

/** What kind of patch a body is. 415 for an unknown patch type, and for one that the kind does not support. */
export function patchKind(contentType: string | undefined, custom: boolean): PatchKind {
  const type = mediaType(contentType);
  const known = Object.keys(PATCH_TYPES).filter(t => !(custom && t === 'application/strategic-merge-patch+json'));
  if (!known.includes(type) && custom) throw unsupportedMedia(known);
  if (!known.includes(type)) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  return PATCH_TYPES[type as keyof typeof PATCH_TYPES];
}

function readYaml(text: string, words = 'error parsing YAML'): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw badRequest(`${words}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** The beginning of a body, as refusals quote it. */
const beginning = (text: string): string => (text.length > 30 ? `${text.slice(0, 30)} ...` : text);

/**
 * A body that is an object, from JSON, YAML or the API's protobuf form. `kind` is named in the refusal; the paths of
 * duplicate members are added to `duplicates`.
 */
export function parseObject(
  body: Buffer,
  contentType: string | undefined,
  kind: string,
  duplicates: string[] = [],
): unknown {
  const type = mediaType(contentType);
  if (type !== '' && !OBJECT_TYPES.includes(type)) throw unsupportedMedia(OBJECT_TYPES);
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(body);
  const text = body.toString('utf8');
  if (type === 'application/yaml')
    return readYaml(text, `the object provided is unrecognized (must be of type ${kind}): yaml`);
  const read = readJsonObject(text, kind);
  duplicates.push(...read.duplicates);
  const parsed = read.value ?? {};
  if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed;
  throw badRequest(notAnObject(parsed, body, kind));
}

function readJsonObject(text: string, kind: string) {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${error.message} (${beginning(text) || '<empty>'})`,
    );
  }
}

/** Go's words for JSON that is not an object, with the bytes it saw. */
function notAnObject(value: unknown, body: Buffer, kind: string): string {
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const fields = '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const shown = body.subarray(0, 32).toString('hex');
  return `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct ${fields} (${shown})`;
}

/** A patch body. */
export function parsePatch(body: Buffer, kind: PatchKind): unknown {
  const text = body.toString('utf8');
  if (kind === 'apply') return readYaml(text, 'error decoding YAML: error converting YAML to JSON: yaml');
  try {
    return readJson(text).value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badRequest(`${kind === 'strategic' ? '' : 'error decoding patch: '}${error.message}`);
  }
}

/** Delete options: an optional body. 400 for a body of another kind. */
export function parseOptional(body: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (body.length === 0) return {};
  const parsed = readOptions(body, contentType);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {};
  const { kind, apiVersion } = parsed as Record<string, unknown>;
  if (kind !== undefined && kind !== 'DeleteOptions')
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  return parsed as Record<string, unknown>;
}

function readOptions(body: Buffer, contentType: string | undefined): unknown {
  if (mediaType(contentType) !== 'application/json') return parseObject(body, contentType, 'DeleteOptions');
  try {
    return readJson(body.toString('utf8')).value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
  }
}

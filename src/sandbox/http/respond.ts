import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { stringify } from 'yaml';
import type { Kernel } from '../api/kernel.ts';
import { atVersion } from '../crd/at-version.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';
import { StatusError } from '../status.ts';
import { SCALE_SHAPE } from '../table/scale.ts';
import type { TableShape } from '../table/shape.ts';
import { type IncludeObject, partialObject, tableOf } from '../table/table.ts';
import { acceptedForm, type Form } from './accept.ts';
import type { Answer } from './answer.ts';
import { itemJson, listJson, objectJson } from './encode.ts';

/** Bodies from this size on are compressed for clients that take it, as the real server does. */
const COMPRESS_FROM = 128 * 1024;
const compress = promisify(gzip);

const META_FORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** Forms objects are served in: plain, tables, metadata only. */
const servesForm = (form: Form): boolean =>
  form.as === undefined ||
  (META_FORMS.has(form.as) && form.group === 'meta.k8s.io' && (form.version === 'v1' || form.version === 'v1beta1'));

const REPRESENTATIONS = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const STREAMED = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

/** The refusal of a known format in an unknown variant. */
export const unknownForm = (): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );

/** What decides which formats a request may ask for. */
interface FormOptions {
  /** It is a watch. */
  readonly streams: boolean;
  /** It is for a collection, which can be watched too. */
  readonly mayStream: boolean;
  /** It is for a kind of a CustomResourceDefinition. */
  readonly custom: boolean;
}

/** The format that a request for objects asks for. 406 when it is not served; watches are not served as YAML. */
export function formOf(request: IncomingMessage, { streams, mayStream, custom }: FormOptions): Form {
  const form = acceptedForm(request.headers.accept, servesForm);
  if (form?.format === 'yaml' && streams)
    throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${STREAMED}`);
  if (form) return form;
  if (custom || acceptedForm(request.headers.accept, () => true)) throw unknownForm();
  throw new StatusError(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${mayStream ? `${REPRESENTATIONS}, ${STREAMED}` : REPRESENTATIONS}`,
    {},
  );
}

/** What decides how an object is written: the format that was asked for, the query, and the columns of its tables. */
export interface Representation {
  kernel: Kernel;
  shapeOf(info: ResourceInfo, version: string): TableShape;
  query: URLSearchParams;
  form: Form;
}

/** Whether versions or groups show the same object differently. */
const hasForms = ({ custom, storedAs }: ResourceInfo): boolean => custom || storedAs !== undefined;

const includeOf = (query: URLSearchParams): IncludeObject => {
  const includeObject = query.get('includeObject');
  return includeObject === 'None' || includeObject === 'Object' ? includeObject : 'Metadata';
};

/** The JSON of one object in the form asked for. */
export function objectText(
  shown: Representation,
  object: KubeObject,
  info: ResourceInfo | undefined,
  version: string,
  columns = true,
): string {
  const { form, kernel } = shown;
  if (form.as === 'Table' && object.kind === 'Scale') return tableText(shown, object, SCALE_SHAPE, columns);
  const seen = info && hasForms(info) && object.kind === info.kind ? atVersion(kernel, info, version, object) : object;
  if (!info || form.as === undefined || form.as === 'PartialObjectMetadataList')
    return objectJson(seen, info ? groupVersion(info.group, version) : object.apiVersion);
  if (form.as === 'PartialObjectMetadata') return JSON.stringify(partialObject(object, form.version));
  return tableText(shown, seen, shown.shapeOf(info, version), columns);
}

/** The table of one object. */
function tableText(
  { form, query, kernel }: Representation,
  object: KubeObject,
  shape: TableShape,
  columns: boolean,
): string {
  return JSON.stringify(
    tableOf([object], shape, kernel.clock.now(), {
      metadata: { resourceVersion: object.metadata.resourceVersion },
      include: includeOf(query),
      columns,
      ...(form.version ? { version: form.version } : {}),
    }),
  );
}

function pageText(shown: Representation, { page, info, version }: Extract<Answer, { is: 'page' }>): string {
  const { form } = shown;
  const seen = () => (hasForms(info) ? page.items.map(o => atVersion(shown.kernel, info, version, o)) : page.items);
  const metadata = {
    resourceVersion: String(page.revision),
    ...(page.continue ? { continue: page.continue } : {}),
    ...(page.remaining ? { remainingItemCount: page.remaining } : {}),
  };
  if (form.as === 'Table')
    return JSON.stringify(
      tableOf(seen(), shown.shapeOf(info, version), shown.kernel.clock.now(), {
        metadata,
        include: includeOf(shown.query),
        ...(form.version ? { version: form.version } : {}),
      }),
    );
  if (form.as !== undefined)
    return listJson(
      'PartialObjectMetadataList',
      `meta.k8s.io/${form.version ?? 'v1'}`,
      metadata,
      page.items.map(o => JSON.stringify(partialObject(o, form.version))),
    );
  const apiVersion = groupVersion(info.group, version);
  const items = seen().map(o => (info.custom ? objectJson(o, apiVersion) : itemJson(o)));
  // Lists of custom kinds write an empty token.
  const meta = info.custom ? { continue: '', ...metadata } : metadata;
  return listJson(info.listKind, apiVersion, meta, items);
}

function textOf(shown: Representation, answer: Exclude<Answer, { is: 'written' | 'bytes' }>): string {
  switch (answer.is) {
    case 'object':
      return `${objectText(shown, answer.object, answer.info, answer.version ?? '')}\n`;
    case 'page':
      return `${pageText(shown, answer)}\n`;
    case 'json':
      return `${JSON.stringify(answer.body)}\n`;
    default:
      return answer.text;
  }
}

function contentTypeOf(answer: Exclude<Answer, { is: 'written' }>, yaml: boolean): string {
  if (answer.is === 'bytes') return answer.contentType;
  if (answer.is === 'text') return answer.contentType ?? 'text/plain; charset=utf-8';
  if (answer.is === 'json' && answer.contentType) return answer.contentType;
  return yaml ? 'application/yaml' : 'application/json';
}

const codeOf = (answer: Exclude<Answer, { is: 'written' }>) => (answer.is === 'page' ? 200 : answer.code);

function bodyOf(shown: Representation, answer: Exclude<Answer, { is: 'written' }>, yaml: boolean): Buffer {
  if (answer.is === 'bytes') return answer.bytes;
  const text = textOf(shown, answer);
  return Buffer.from(yaml ? stringify(JSON.parse(text), { sortMapEntries: true }) : text);
}

/** Text in a Warning header. */
const quoted = (text: string) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, ' ')}"`;

/** Writes the answer in the form asked for. */
export async function respond(
  shown: Representation,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Exclude<Answer, { is: 'written' }>,
  warnings: readonly string[],
): Promise<void> {
  const yaml = shown.form.format === 'yaml' && answer.is !== 'text' && answer.is !== 'bytes';
  const headers: Record<string, string | string[]> = {
    'Content-Type': contentTypeOf(answer, yaml),
    'Cache-Control': 'no-cache, private',
    Date: new Date(shown.kernel.clock.now()).toUTCString(),
  };
  if (warnings.length > 0) headers.Warning = [...new Set(warnings)].map(quoted);
  if (answer.is === 'json' && answer.etag) headers.Etag = answer.etag;
  const retry =
    answer.is === 'json' && isRecord(answer.body) && isRecord(answer.body.details)
      ? answer.body.details.retryAfterSeconds
      : undefined;
  if (typeof retry === 'number' && retry > 0) headers['Retry-After'] = String(retry);
  let body = bodyOf(shown, answer, yaml);
  if (body.length >= COMPRESS_FROM && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    body = await compress(body, { level: 1 });
    headers['Content-Encoding'] = 'gzip';
    headers.Vary = 'Accept-Encoding';
  }
  headers['Content-Length'] = String(body.length);
  response.writeHead(codeOf(answer), headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

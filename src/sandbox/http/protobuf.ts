import { timestamp } from '../object.ts';
import recorded from '../recorded/protobuf.json' with { type: 'json' };
import { badRequest } from '../status.ts';

// kubectl sends new objects of built-in kinds in the API's protobuf form. Only reading is needed: it takes JSON answers.

const { kinds, messages } = recorded as unknown as {
  kinds: Readonly<Record<string, string>>;
  /** By message: field number to `name type`. `[]` before a type is a list, `{}` a map, `~` a part written inline in JSON. */
  messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const MAGIC = Buffer.from('k8s\0');

interface Field {
  number: number;
  /** The bytes of a length-delimited field, or the number of any other. */
  bytes: Buffer;
  value: bigint;
}

const cutOff = () => badRequest('the protobuf body ends in the middle of a field');

/** The fields of a message, in order. */
function* fieldsOf(buffer: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = buffer[at++];
      if (byte === undefined) throw cutOff();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw cutOff();
    at += length;
    return buffer.subarray(at - length, at);
  };
  const NOTHING = Buffer.alloc(0);
  while (at < buffer.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, bytes: NOTHING, value: varint() };
    else if (wire === 2) yield { number, bytes: take(Number(varint())), value: 0n };
    else if (wire === 1) yield { number, bytes: take(8), value: 0n };
    else if (wire === 5) yield { number, bytes: take(4), value: 0n };
    else throw badRequest(`the protobuf body has a field of unknown wire type ${wire}`);
  }
}

const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));

/** Messages with a JSON form of their own. */
const SPECIAL: Readonly<Record<string, (message: Record<string, unknown>) => unknown>> = {
  'api.resource.Quantity': m => m.string ?? '0',
  'meta.Time': m => timestamp(Number(m.seconds ?? 0) * 1000),
  'meta.MicroTime': m =>
    `${timestamp(Number(m.seconds ?? 0) * 1000).slice(0, -1)}.${String(Math.floor(Number(m.nanos ?? 0) / 1000)).padStart(6, '0')}Z`,
  'util.intstr.IntOrString': m => (m.type === 1 ? (m.strVal ?? '') : (m.intVal ?? 0)),
  'runtime.RawExtension': m => rawJson(m.raw),
  'meta.FieldsV1': m => rawJson(m.Raw),
};

function rawJson(base64: unknown): unknown {
  try {
    return JSON.parse(Buffer.from(String(base64 ?? ''), 'base64').toString('utf8'));
  } catch {
    return null;
  }
}

const isZeroTime = (type: string, message: Record<string, unknown>) =>
  (type === 'meta.Time' || type === 'meta.MicroTime') && message.seconds === undefined;

function readMessage(buffer: Buffer, type: string): unknown {
  const fields = messages[type] ?? {};
  const result: Record<string, unknown> = {};
  for (const field of fieldsOf(buffer)) {
    const known = fields[field.number];
    if (known) readField(result, field, known);
  }
  if (isZeroTime(type, result)) return null;
  const isList = Object.keys(fields).length === 1 && fields['1']?.startsWith('items []');
  if (isList) return result.items ?? [];
  return SPECIAL[type]?.(result) ?? result;
}

function readField(result: Record<string, unknown>, field: Field, known: string): void {
  const [name = '', spelled = ''] = known.split(' ');
  if (spelled.startsWith('~')) {
    Object.assign(result, readMessage(field.bytes, spelled.slice(1)));
  } else if (spelled.startsWith('[]')) {
    const list = (result[name] as unknown[] | undefined) ?? [];
    list.push(readValue(field, spelled.slice(2)));
    result[name] = list;
  } else if (spelled.startsWith('{}')) {
    const map = (result[name] as Record<string, unknown> | undefined) ?? {};
    readEntry(map, field.bytes, spelled.slice(2));
    result[name] = map;
  } else {
    const value = readValue(field, spelled);
    if (value !== null) result[name] = value;
  }
}

function readEntry(map: Record<string, unknown>, entry: Buffer, type: string): void {
  let key = '';
  let value: unknown = type === 'string' || type === 'bytes' ? '' : {};
  for (const field of fieldsOf(entry)) {
    if (field.number === 1) key = field.bytes.toString('utf8');
    if (field.number === 2) value = readValue(field, type);
  }
  map[key] = value;
}

function readValue(field: Field, type: string): unknown {
  switch (type) {
    case 'string':
      return field.bytes.toString('utf8');
    case 'bytes':
      return field.bytes.toString('base64');
    case 'bool':
      return field.value !== 0n;
    case 'int32':
    case 'int64':
      return signed(field.value);
    case 'double':
      return field.bytes.readDoubleLE();
    default:
      return readMessage(field.bytes, type);
  }
}

/** Drops the zero values that Go's protobuf encoder writes for unset fields; JSON leaves them out. */
function withoutZeros(value: unknown, inMap = false): unknown {
  if (Array.isArray(value)) return value.map(item => withoutZeros(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (!inMap && member === '') continue;
    kept[name] = withoutZeros(member, MAPS.has(name));
  }
  return kept;
}

const MAPS = new Set(['data', 'binaryData', 'stringData', 'labels', 'annotations', 'matchLabels', 'selector']);

/** An object in the API's protobuf form as JSON data. 400 when it cannot be read. */
export function decodeProtobuf(body: Buffer): unknown {
  if (!body.subarray(0, 4).equals(MAGIC))
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '';
  let kind = '';
  let raw: Buffer = Buffer.alloc(0);
  for (const field of fieldsOf(body.subarray(4))) {
    if (field.number === 2) raw = field.bytes;
    if (field.number !== 1) continue;
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1) apiVersion = part.bytes.toString('utf8');
      if (part.number === 2) kind = part.bytes.toString('utf8');
    }
  }
  const type = kinds[`${apiVersion}/${kind}`] ?? (kind === 'DeleteOptions' ? 'meta.DeleteOptions' : undefined);
  if (!type) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}" in protobuf`);
  return { apiVersion, kind, ...(withoutZeros(readMessage(raw, type)) as object) };
}

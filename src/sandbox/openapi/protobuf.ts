/** A message of Protocol Buffers: fields by their number; a list repeats its field. Messages inside are Buffers made by `message`. */
export type Fields = Readonly<Record<number, Value | readonly Value[] | undefined>>;
type Value = string | boolean | number | Buffer;

/** Writes a message. Whole numbers become varints, fractions are not supported; undefined, false, '' and 0 are the absent default. */
export function message(fields: Fields): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([number, value]) => {
      const values = (Array.isArray(value) ? value : [value]) as readonly (Value | undefined)[];
      const isList = Array.isArray(value);
      return values.flatMap(one => (one === undefined || (!isList && !one) ? [] : field(Number(number), one)));
    }),
  );
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function field(number: number, value: Value): Buffer[] {
  if (typeof value === 'number' || typeof value === 'boolean')
    return [varint((number << 3) | VARINT), varint(Number(value))];
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return [varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? low + 128 : low);
  } while (left > 0);
  return Buffer.from(bytes);
}

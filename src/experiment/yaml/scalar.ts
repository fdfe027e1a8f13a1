/** What a plain scalar means in YAML 1.1 as the framework's parser reads it; whole numbers keep all their digits. */
export type Plain = null | boolean | bigint | number | string;

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const SPECIAL: Readonly<Record<string, number>> = {
  '.nan': Number.NaN,
  '.NaN': Number.NaN,
  '.NAN': Number.NaN,
  '.inf': Number.POSITIVE_INFINITY,
  '.Inf': Number.POSITIVE_INFINITY,
  '.INF': Number.POSITIVE_INFINITY,
  '+.inf': Number.POSITIVE_INFINITY,
  '+.Inf': Number.POSITIVE_INFINITY,
  '+.INF': Number.POSITIVE_INFINITY,
  '-.inf': Number.NEGATIVE_INFINITY,
  '-.Inf': Number.NEGATIVE_INFINITY,
  '-.INF': Number.NEGATIVE_INFINITY,
};
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

/** Reads an unquoted scalar. */
export function plainScalar(text: string): Plain {
  const first = text.charCodeAt(0);
  if (NULL.has(text)) return null;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isNumeric) return text;
  const special = SPECIAL[text];
  if (special !== undefined) return special;
  return (
    integer(text.replaceAll('_', '')) ??
    (FLOAT.test(text.replaceAll('_', '')) ? Number(text.replaceAll('_', '')) : text)
  );
}

/** Go's base-0 integers: 0x, 0o, 0b, and octal by a leading zero. */
function integer(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, decimal] = match;
  const size = hex
    ? BigInt(`0x${hex}`)
    : octal
      ? BigInt(`0o${octal}`)
      : binary
        ? BigInt(`0b${binary}`)
        : BigInt(decimal ?? '0');
  const value = sign === '-' ? -size : size;
  return value > LARGEST || value < SMALLEST ? undefined : value;
}

/** How the framework turns a scalar into text where the document wants text: `0` is "0", `yes` is "true", `1e6` is "1e+06". */
export function asText(value: Exclude<Plain, null>): string {
  return typeof value === 'number' ? goFloat(value) : String(value);
}

/**
 * A float as the framework writes it where text is wanted: Go's shortest %g of a 32-bit float, in exponent form below 1e-4 and from 1e6
 * on, with two exponent digits at least.
 */
function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(Math.fround(value))) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', power = '0'] = shortest32(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(shortest32(value));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The number with the fewest digits that is the same 32-bit float. */
function shortest32(value: number): number {
  const wanted = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const candidate = Number(wanted.toPrecision(digits));
    if (Math.fround(candidate) === wanted) return candidate;
  }
  return Number(wanted.toPrecision(9));
}

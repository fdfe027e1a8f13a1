import { quantityOf } from '../k8s/quantity.ts';

/** The number that a member stands for, a quantity (`250m`, `1Gi`, `1e3`) or a plain number; undefined when it is neither. */
export const quantityValue = (value: unknown): number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? quantityOf(value) : undefined;

/** A quantity for a number, in the style of `like`: binary suffixes where it has them, milli below one. */
export function quantityText(value: number, like: unknown): string {
  if (typeof like === 'string' && /[KMGTPE]i$/.test(like)) {
    for (let power = BINARY.length - 1; power > 0; power -= 1) {
      const scaled = value / 1024 ** power;
      if (value !== 0 && Number.isInteger(scaled)) return `${scaled}${BINARY[power]}`;
    }
    return String(value);
  }
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000 - 1e-6)}m`;
}

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const NANO = 9;

/** The amount in billionths; parts finer than that count as one more. */
function billionths(number: string, exponent: number): bigint {
  const [whole = '', fraction = ''] = number.replace(/^[+-]/, '').split('.');
  const shift = NANO + exponent - fraction.length;
  const digits = BigInt(`${whole}${fraction}` || '0');
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return (digits + unit - 1n) / unit;
}

function decimalText(amount: bigint): string {
  let [rest, step] = [amount, 0];
  while (step < DECIMAL.length - 1 && rest % 1000n === 0n) [rest, step] = [rest / 1000n, step + 1];
  return `${rest}${DECIMAL[step]}`;
}

function binaryText(whole: bigint): string {
  let [rest, step] = [whole, 0];
  while (step < BINARY.length - 1 && rest % 1024n === 0n) [rest, step] = [rest / 1024n, step + 1];
  return `${rest}${BINARY[step]}`;
}

/** A quantity as the API server writes it back: whole, with the largest suffix (`0.5` is `500m`, `1024Mi` is `1Gi`). */
export function canonicalQuantity(text: string): string {
  const [, sign = '', number = '0', suffix = ''] = /^([+-]?)([\d.]+)(.*)$/.exec(text) ?? [];
  const minus = sign === '-' ? '-' : '';
  if (/^[eE]/.test(suffix)) return text;
  const binary = BINARY.indexOf(suffix);
  const exponent = binary > 0 ? 0 : (DECIMAL.indexOf(suffix) - DECIMAL.indexOf('')) * 3;
  const amount = billionths(number, exponent) * (binary > 0 ? 1024n ** BigInt(binary) : 1n);
  if (amount === 0n) return '0';
  const unit = 10n ** BigInt(NANO);
  // Small binary amounts are written as decimal ones, larger ones are whole.
  if (binary > 0 && amount >= 1024n * unit) return minus + binaryText((amount + unit - 1n) / unit);
  return minus + decimalText(amount);
}

const FORM = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;
const DECIMAL: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A Kubernetes quantity such as `10`, `500m` or `2Gi` as a number; undefined when it is none. The server rewrites
 * `1000m` as `1`.
 */
export function quantityOf(text: unknown): number | undefined {
  const found = FORM.exec(String(text));
  if (found === null) return undefined;
  const [, digits = '', exponent, suffix] = found;
  const number = Number(digits);
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  if (suffix === undefined) return number;
  const power = BINARY.indexOf(suffix) + 1;
  return power > 0 ? number * 1024 ** power : number * (DECIMAL[suffix] ?? 1);
}

/** Whether two values are one quantity, which the server may have rewritten: `1000m` and `1`. */
export function sameQuantity(a: unknown, b: unknown): boolean {
  if (![a, b].every(value => typeof value === 'string' || typeof value === 'number')) return false;
  const [one, other] = [quantityOf(a), quantityOf(b)];
  return one !== undefined && one === other;
}

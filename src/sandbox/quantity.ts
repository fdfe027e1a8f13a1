const SCALE: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number a quantity stands for (`250m`, `1Gi`, `1e3`); undefined when it is not one. */
export function quantityValue(text: unknown): number | undefined {
  if (typeof text === 'number') return text;
  const parts = typeof text === 'string' ? /^([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[a-zA-Z]{0,2})$/.exec(text) : null;
  if (!parts) return undefined;
  const [, number = '', suffix = ''] = parts;
  if (/^[eE][+-]?\d+$/.test(suffix)) return Number(number + suffix);
  const scale = SCALE[suffix];
  return scale === undefined ? undefined : Number(number) * scale;
}

/** A quantity for a number, in the style of `like`: binary suffixes where it has them, milli below one. */
export function quantityText(value: number, like: unknown): string {
  if (typeof like === 'string' && /[KMGTPE]i$/.test(like)) {
    for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'])
      if (value !== 0 && value % (SCALE[suffix] as number) === 0)
        return `${value / (SCALE[suffix] as number)}${suffix}`;
    return String(value);
  }
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000 - 1e-6)}m`;
}

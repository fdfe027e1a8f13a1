const NANOSECONDS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const LONGEST = 2n ** 63n;
const TERM = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** The form of a duration, as a regular expression for JSON Schemas. It does not check the range. */
export const DURATION_PATTERN = '^[+-]?(0|((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$';

/**
 * Milliseconds of a duration as Go's `time.ParseDuration` reads it: `1h2m3.5s`, `500ms`, `-1.5h`, `0`; or undefined
 * when it is not a duration. Units are ns, us (µs), ms, s, m, h; a number without a unit is only `0`.
 */
export function parseDuration(text: string): number | undefined {
  const signed = /^[+-]/.test(text);
  const body = signed ? text.slice(1) : text;
  if (body === '0') return 0;
  if (body === '') return undefined;
  let total = 0n;
  const terms = new RegExp(TERM);
  while (terms.lastIndex < body.length) {
    const term = nanosecondsOf(terms.exec(body));
    if (term === undefined) return undefined;
    total += term;
  }
  const negative = text.startsWith('-');
  if (total > LONGEST || (total === LONGEST && !negative)) return undefined;
  const milliseconds = Number(total) / 1e6;
  return negative ? -milliseconds : milliseconds;
}

function nanosecondsOf(term: RegExpExecArray | null): bigint | undefined {
  if (!term) return undefined;
  const [, whole = '', fraction = '', unit = ''] = term;
  if (whole === '' && fraction === '') return undefined;
  const size = NANOSECONDS[unit] as bigint;
  const digits = fraction.slice(0, 18);
  const part = digits === '' ? 0n : (BigInt(digits) * size) / 10n ** BigInt(digits.length);
  return BigInt(whole || '0') * size + part;
}

/** Milliseconds as Go prints a duration: `1h2m3.5s`, `1m0s`, `500ms`, `1.5µs`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6);
  if (nanoseconds === 0) return '0s';
  const sign = milliseconds < 0 ? '-' : '';
  if (nanoseconds < 1e3) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${sign}${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1e9) return `${sign}${decimal(nanoseconds, 6)}ms`;
  const seconds = nanoseconds % 60e9;
  const minutes = Math.floor(nanoseconds / 60e9);
  const hours = Math.floor(minutes / 60);
  const front = hours > 0 ? `${hours}h${minutes % 60}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${front}${decimal(seconds, 9)}s`;
}

/** An integer divided by a power of ten, without trailing zeros. */
function decimal(value: number, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${fraction}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** How long ago, in the two largest units: `41s`, `12m5s`, `3h`, `2d4h`. A time in the future is `0s`. Rounds down. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0s';
  const [unit, size] = UNITS[first] as readonly [string, number];
  const [nextUnit, nextSize] = UNITS[first + 1] ?? ['', 0];
  const rest = nextSize === 0 ? 0 : Math.floor((seconds % size) / nextSize);
  return `${Math.floor(seconds / size)}${unit}${rest > 0 ? `${rest}${nextUnit}` : ''}`;
}

/**
 * A time as on a clock: `2:41`, from an hour on `1:02:41`; negative times with `-`. A countdown rounds up, so that
 * `0:00` means over; a stopwatch rounds down.
 */
export function clockText(milliseconds: number, kind: 'countdown' | 'stopwatch' = 'stopwatch'): string {
  const exact = milliseconds / 1000;
  const seconds = kind === 'countdown' ? Math.ceil(exact) : Math.floor(exact);
  const size = Math.abs(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor(size / 60) % 60;
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(size % 60)}` : `${minutes}:${two(size % 60)}`;
  return seconds < 0 ? `-${text}` : text;
}

/** A measured time as verdicts show it: `0.9s`, `19.4s`, `2m31s`; below a tenth of a second in milliseconds. */
export function measured(milliseconds: number): string {
  const size = Math.max(0, milliseconds);
  if (size < 100) return `${Math.round(size)}ms`;
  if (size < 60_000) return `${(Math.floor(size / 100) / 10).toFixed(1)}s`;
  return age(size);
}

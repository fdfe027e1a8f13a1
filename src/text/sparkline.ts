import type { Glyphs } from './glyphs.ts';
import type { Clean } from './sanitise.ts';

/**
 * The last `columns` values as one row, lowest to highest glyph; older values fall off the left and missing ones are blank. The scale begins at
 * zero unless `low` is given, and ends at the largest value unless `high` is. Not-a-number is a blank: nothing was measured there.
 */
export function sparkline(
  values: readonly number[],
  columns: number,
  glyphs: Pick<Glyphs, 'spark'>,
  scale: { low?: number; high?: number } = {},
): Clean {
  const shown = columns > 0 ? values.slice(-Math.floor(columns)) : [];
  const low = scale.low ?? 0;
  const high = scale.high ?? Math.max(low, ...shown.filter(Number.isFinite));
  const steps = glyphs.spark.length - 1;
  const drawn = shown.map(value => {
    if (!Number.isFinite(value)) return ' ';
    const share = high > low ? (value - low) / (high - low) : 0;
    return glyphs.spark[Math.round(Math.min(1, Math.max(0, share)) * steps)];
  });
  return drawn.join('').padStart(Math.max(0, Math.floor(columns))) as Clean;
}

import type { Glyphs } from './glyphs.ts';
import type { Clean } from './sanitise.ts';

/**
 * A bar of `columns` columns, filled by `share` (0 to 1). It is full only at 1 and empty only at 0, so that nearly
 * finished never looks finished.
 */
export function bar(share: number, columns: number, glyphs: Pick<Glyphs, 'barFull' | 'barEmpty'>): Clean {
  const size = Math.max(0, Math.floor(columns));
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  const nearest = Math.round(bounded * size);
  const full =
    bounded <= 0 ? 0 : bounded >= 1 ? size : Math.min(Math.max(nearest, Math.min(1, size)), Math.max(size - 1, 0));
  return (glyphs.barFull.repeat(full) + glyphs.barEmpty.repeat(size - full)) as Clean;
}

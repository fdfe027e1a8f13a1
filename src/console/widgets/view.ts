import type { Glyphs } from '../../text/glyphs.ts';
import type { Now } from '../store/select.ts';

/** What a part needs besides the state to draw itself. */
export interface View {
  columns: number;
  rows: number;
  now: Now;
  glyphs: Glyphs;
}

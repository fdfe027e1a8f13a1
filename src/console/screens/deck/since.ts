import { lastedText, type Since } from '../../../health/trouble.ts';
import { age } from '../../../text/duration.ts';
import type { View } from '../../widgets/view.ts';

const ROOM_FOR_WORDS = 44;

/** `at least 12m` where the pane has room for it, else `12m+`. */
export const sinceText = (since: Since, { now }: View, columns: number): string =>
  columns >= ROOM_FOR_WORDS || since.exact
    ? lastedText(since, now.server)
    : `${age(Math.max(0, now.server - since.at))}+`;

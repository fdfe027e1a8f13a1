import type { Picture } from './picture.ts';

interface Block {
  columns: number;
  rows: readonly string[];
}

/** The rows of a painted picture as bare text, as high as the picture: what is shown where its boxes cannot be drawn. */
export const plainRows = (picture: Picture): readonly string[] => blockOf(picture).rows;

function blockOf(picture: Picture): Block {
  if (picture.is === 'pane') return picture;
  const blocks = picture.parts.map(blockOf);
  if (picture.is === 'column')
    return { columns: Math.max(0, ...blocks.map(({ columns }) => columns)), rows: blocks.flatMap(({ rows }) => rows) };
  const gap = ' '.repeat(picture.gap);
  const height = Math.max(0, ...blocks.map(({ rows }) => rows.length));
  return {
    columns: blocks.reduce((sum, { columns }) => sum + columns, picture.gap * Math.max(0, blocks.length - 1)),
    rows: Array.from({ length: height }, (_, y) =>
      blocks.map(({ rows, columns }) => rows[y] ?? ' '.repeat(columns)).join(gap),
    ),
  };
}

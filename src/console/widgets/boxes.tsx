import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Picture } from './picture.ts';

/** One row, drawn again only when its text changed. Rows hold their height whatever the layout thinks of the rest. */
const Row = memo(function Row({ text }: { text: string }): ReactNode {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  );
});

/** A painted layout as boxes. A part that is the same object as before is not drawn again. A part or row is its position: nothing else identifies it. */
export const Boxes = memo(function Boxes({ picture }: { picture: Picture }): ReactNode {
  if (picture.is === 'pane') {
    const { columns, rows } = picture;
    return (
      <Box flexDirection="column" width={columns} height={rows.length} flexShrink={0} overflow="hidden">
        {rows.map((text, y) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its position
          <Row key={y} text={text} />
        ))}
      </Box>
    );
  }
  return (
    <Box flexDirection={picture.is} columnGap={picture.gap} flexShrink={0}>
      {picture.parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part of the layout is its position
        <Boxes key={i} picture={part} />
      ))}
    </Box>
  );
});

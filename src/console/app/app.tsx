import { Box, Text, useApp, useInput, usePaste } from 'ink';
import { Component, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { type Press, pressOf } from '../keymap/input.ts';
import { Boxes } from '../widgets/boxes.tsx';
import type { Picture } from '../widgets/picture.ts';
import { plainRows } from '../widgets/plain-rows.ts';
import type { Painted } from './frame/painter.ts';

export interface AppProps {
  painted: Painted;
  press(press: Press): void;
  paste(text: string): void;
  /** Passes on the function that gives the terminal to the shell for a while. */
  ready(suspend: ReturnType<typeof useApp>['suspendTerminal']): void;
  /** A picture could not be drawn; the next one is tried again. */
  broke(error: Error): void;
  /** Even the bare rows could not be drawn: the console ends. */
  failed(error: Error): void;
  /** Draws a picture; only tests replace it. */
  Drawing?: (props: { picture: Picture }) => ReactNode;
}

interface PictureProps {
  picture: Picture;
  broke(error: Error): void;
  Drawing: (props: { picture: Picture }) => ReactNode;
}

/** Draws the picture; one that throws is drawn as bare rows of text instead, and the next one is tried again. */
class Pictured extends Component<PictureProps, { isBroken: boolean; of: Picture | undefined }> {
  override state: { isBroken: boolean; of: Picture | undefined } = { isBroken: false, of: undefined };

  static getDerivedStateFromProps({ picture }: PictureProps, { of }: { of: Picture | undefined }) {
    return picture === of ? null : { isBroken: false, of: picture };
  }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override componentDidCatch(error: Error): void {
    this.props.broke(error);
  }

  override render(): ReactNode {
    const { picture, Drawing } = this.props;
    if (!this.state.isBroken) return <Drawing picture={picture} />;
    return (
      <Box flexDirection="column" flexShrink={0}>
        {plainRows(picture).map((text, y) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its position
          <Text key={y} wrap="truncate">
            {text}
          </Text>
        ))}
      </Box>
    );
  }
}

/** The keys, above everything that may fail to be drawn: MAYDAY is heard whatever the screen looks like. */
function Screen({ painted, press, paste, ready, broke, Drawing = Boxes }: AppProps): ReactNode {
  const picture = useSyncExternalStore(painted.subscribe, painted.picture);
  const { suspendTerminal } = useApp();
  useEffect(() => ready(suspendTerminal), [ready, suspendTerminal]);
  useInput((input, key) => {
    const pressed = pressOf(input, key);
    if (pressed) press(pressed);
  });
  usePaste(paste);
  return <Pictured picture={picture} broke={broke} Drawing={Drawing} />;
}

/** The root: draws the painted screen, hands keys on, and keeps a render that threw from taking the process along. */
export class App extends Component<AppProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override componentDidCatch(error: Error): void {
    this.props.failed(error);
  }

  override render(): ReactNode {
    return this.state.isBroken ? null : <Screen {...this.props} />;
  }
}

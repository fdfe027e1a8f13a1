import { useApp, useInput, usePaste } from 'ink';
import { Component, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { type Press, pressOf } from '../keymap/input.ts';
import { Boxes } from '../widgets/boxes.tsx';
import type { Painted } from './painter.ts';

export interface AppProps {
  painted: Painted;
  press(press: Press): void;
  paste(text: string): void;
  /** Hands over the way to give the terminal to the shell for a while. */
  ready(suspend: ReturnType<typeof useApp>['suspendTerminal']): void;
  /** A render that threw, once; the screen goes on with whatever can be drawn. */
  failed(error: Error): void;
}

function Screen({ painted, press, paste, ready }: AppProps): ReactNode {
  const picture = useSyncExternalStore(painted.subscribe, painted.picture);
  const { suspendTerminal } = useApp();
  useEffect(() => ready(suspendTerminal), [ready, suspendTerminal]);
  useInput((input, key) => {
    const pressed = pressOf(input, key);
    if (pressed) press(pressed);
  });
  usePaste(paste);
  return <Boxes picture={picture} />;
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

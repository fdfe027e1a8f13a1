import { Box, Text, useApp, useInput, usePaste } from 'ink';
// Elements are made without JSX, so that this file too runs from source as it is.
import { Component, createElement, memo, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { type Press, pressOf } from '../keymap/input.ts';

/** The painted screen: one string per row. The store changes only when a row does. */
export interface Painted {
  subscribe(listener: () => void): () => void;
  rows(): readonly string[];
}

export interface AppProps {
  painted: Painted;
  press(press: Press): void;
  paste(text: string): void;
  /** Hands over the way to give the terminal to the shell for a while. */
  ready(suspend: ReturnType<typeof useApp>['suspendTerminal']): void;
  /** A render that threw, once; the screen goes on with whatever can be drawn. */
  failed(error: Error): void;
}

/** One row, drawn again only when its text changed. Rows hold their height whatever the layout thinks of the rest. */
const Row = memo(function Row({ text }: { text: string }): ReactNode {
  return createElement(Box, { height: 1, flexShrink: 0 }, createElement(Text, { wrap: 'truncate' }, text));
});

/** A screen row is its position: nothing else identifies it. */
const rowAt = (text: string, y: number): ReactNode => createElement(Row, { key: y, text });

function Screen({ painted, press, paste, ready }: AppProps): ReactNode {
  const rows = useSyncExternalStore(painted.subscribe, painted.rows);
  const { suspendTerminal } = useApp();
  useEffect(() => ready(suspendTerminal), [ready, suspendTerminal]);
  useInput((input, key) => {
    const pressed = pressOf(input, key);
    if (pressed) press(pressed);
  });
  usePaste(paste);
  return createElement(Box, { flexDirection: 'column', flexShrink: 0 }, rows.map(rowAt));
}

/** The whole of what React does here: paint rows, pass keys on. Everything else is outside and needs no screen to be tested. */
export class App extends Component<AppProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override componentDidCatch(error: Error): void {
    this.props.failed(error);
  }

  override render(): ReactNode {
    return this.state.isBroken ? null : createElement(Screen, this.props);
  }
}

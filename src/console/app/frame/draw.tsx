import { type Instance, render } from 'ink';
import type { Terminal } from '../../deps.ts';
import { App, type AppProps } from '../app.tsx';

/** More than the model's ten commits a second, so that frames never queue up. */
const MAX_FPS = 30;

/** The functions of Ink's instance that the console uses. */
export type Drawn = Pick<Instance, 'unmount' | 'waitUntilExit' | 'waitUntilRenderFlush'>;

/** Mounts the console on the terminal. Ink is loaded with this file, so it is imported only after the first frame. */
export function draw({ stdin, stdout, stderr, maxFps = MAX_FPS }: Terminal, props: AppProps): Drawn {
  return render(<App {...props} />, {
    // Ink uses only plain streams, though its types ask for more.
    stdin: stdin as NodeJS.ReadStream,
    stdout: stdout as NodeJS.WriteStream,
    stderr: stderr as NodeJS.WriteStream,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps,
    exitOnCtrlC: false,
    patchConsole: true,
    concurrent: false,
    interactive: true,
  });
}

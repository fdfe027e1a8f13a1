import type { ConsoleDeps } from '../deps.ts';
import { type Clusters, createClusters } from './clusters.ts';
import type { Ending } from './ending.ts';
import { lookOf, themeOf } from './frame/look.ts';
import { createPainter, type Painter } from './frame/painter.ts';
import { createQuit } from './quit.ts';
import { clipboardSequence } from './terminal/clipboard.ts';
import { createMouseReports, type MouseReports } from './terminal/mouse.ts';
import { createQuietInput } from './terminal/quiet-input.ts';
import { createSuspend, type Suspend } from './terminal/suspend.ts';

/** The clusters of the full-screen console, and what stands between them and the terminal. */
export interface Stage {
  clusters: Clusters;
  painter: Painter;
  mouse: MouseReports;
  suspend: Suspend;
}

/** Makes them; nothing is drawn and nothing is sent yet. `repaint` redraws the whole screen. */
export function createStage(
  deps: ConsoleDeps,
  { finish, crash }: Pick<Ending, 'finish' | 'crash'>,
  repaint: () => unknown,
): Stage {
  const { terminal, settings } = deps;
  const write = (text: string): void => void terminal.stdout.write(text);
  let painter: Painter | undefined;
  const clusters: Clusters = createClusters(
    {
      deps,
      shared: all => ({
        deps,
        copy: text => write(clipboardSequence(text, process.env)),
        clusters: all,
        quit: createQuit(all, finish),
        suspend: () => suspend.ask(),
        repaint: () => void repaint(),
        lend: work => suspend.lend(work),
      }),
      shown: ({ context }) => painter?.show(context),
      told: (shell, before) => {
        painter?.theme(themeOf(settings, shell.theme));
        if (shell.isMouseOn !== before.isMouseOn) shell.isMouseOn ? mouse.on() : mouse.off();
      },
      failed: ({ message, exitCode }) => finish({ exitCode, words: [message] }),
      crash,
    },
    () => sizeOf(terminal.stdout),
  );
  const mouse = createMouseReports(terminal.stdin, write, event => clusters.current().dispatch.mouse(event));
  const isMouseOn = (): boolean => clusters.current().store.getState().shell.isMouseOn;
  const reports = { on: () => isMouseOn() && mouse.on(), off: mouse.off };
  const suspend = createSuspend(clusters, process, write, reports, createQuietInput(terminal.stdin));
  painter = createPainter(clusters.current().context, lookOf(settings));
  return { clusters, painter, mouse, suspend };
}

/** The size of the terminal; where it does not say, the usual one. */
export const sizeOf = (stdout: { columns?: number; rows?: number }): { columns: number; rows: number } => ({
  columns: stdout.columns || 80,
  rows: stdout.rows || 24,
});

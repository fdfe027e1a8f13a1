import { keepNewSpaceSmall } from '../../host/memory.ts';
import type { ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { runtimeFor } from '../session.ts';
import { type ConsoleOptions, consoleDeps } from './deps.ts';

/** `mayday`: the console; without a terminal, one status snapshot as text. */
export async function consoleCommand(globals: ConsoleOptions): Promise<ExitCode> {
  keepNewSpaceSmall();
  if (globals.screenReader === true) {
    const runtime = await runtimeFor(globals);
    const { startLineMode } = await import('../../console/line-mode/start.ts');
    const { consoleLook } = await import('./look.ts');
    return (await startLineMode(consoleDeps(runtime, globals, await consoleLook(runtime)))) as ExitCode;
  }
  if (!canDraw() || globals.output !== 'text') {
    const { statusCommand } = await import('../status.ts');
    if (process.stdout.isTTY === true && globals.output === 'text')
      printNotice(
        'this terminal cannot show the full screen, so this is one look; mayday --screen-reader asks in plain lines',
      );
    return statusCommand({ globals, args: [], options: {} });
  }
  const runtime = await runtimeFor(globals);
  const { startConsole } = await import('../../console/app/start.ts');
  const { consoleLook } = await import('./look.ts');
  return (await startConsole(consoleDeps(runtime, globals, await consoleLook(runtime)))) as ExitCode;
}

/** Whether there is a terminal for the full screen. */
export const canDraw = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb';

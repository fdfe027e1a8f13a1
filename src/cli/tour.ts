import type { CommandBody } from './command.ts';
import { canDraw, consoleCommand } from './console/console.ts';
import { CommandFailure } from './failure.ts';

/** `mayday tour`: always on its own sandbox; a kubeconfig is ignored. */
export const tourCommand: CommandBody = async ({ globals }) => {
  if (!canDraw() || globals.screenReader === true || globals.output !== 'text')
    throw new CommandFailure(
      'expected a terminal to draw the tour on, found none: `mayday demo` shows the same in plain lines',
    );
  const { color, ascii, speed, logFile, config } = globals;
  return consoleCommand({
    color,
    output: 'text',
    sandbox: 'healthy',
    tour: true,
    ...(ascii !== undefined && { ascii }),
    ...(speed !== undefined && { speed }),
    ...(logFile !== undefined && { logFile }),
    ...(config !== undefined && { config }),
  });
};

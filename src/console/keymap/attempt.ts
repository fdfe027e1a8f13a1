import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import { type Context, notify } from '../app/context.ts';

/** Runs a command. If it throws, a notice says so; the screen and its keys, MAYDAY above all, keep working. */
export function attempt(context: Context, says: string, command: () => unknown): void {
  const failed = (error: unknown): void => {
    context.deps.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    notify(
      context,
      `${says}: an error in mayday itself: ${sanitise(messageOf(error), 200)}; ! is MAYDAY`,
      'bad',
      60_000,
    );
  };
  try {
    void Promise.resolve(command()).catch(failed);
  } catch (error) {
    failed(error);
  }
}

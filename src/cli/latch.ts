import { clearLatch, readLatch, setLatch } from '../safety/latch.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';

/** `mayday latch on|off|status`: refuses new injections everywhere, for every mayday that reads this cluster. */
export const latchCommand: CommandBody = ({ globals, args, options }) => {
  const action = String(args[0]);
  if (!['on', 'off', 'status'].includes(action))
    throw new CommandFailure(`expected on, off or status, found ${action}`);
  if (action !== 'status' && globals.readOnly === true)
    throw new CommandFailure('--read-only: the latch was not touched');
  return withCluster(globals, async (api, runtime) => {
    if (action !== 'status') {
      const at = new Date(api.serverTime().now).toISOString();
      const facts = { by: `${runtime.by}@${runtime.host}`, why: String(options.why ?? ''), at };
      const done = action === 'on' ? await setLatch(api, facts) : await clearLatch(api);
      if (!done.ok) throw new CommandFailure(`the latch was not changed: ${done.message}`, EXIT.unreachable);
    }
    const state = await readLatch(api);
    if (state.on === 'unknown')
      throw new CommandFailure(`cannot read the latch: ${state.failure.message}`, EXIT.unreachable);
    const json = state.on ? { latched: true, ...state.facts } : { latched: false };
    const text = () =>
      state.on
        ? `latch ON since ${state.facts.at} by ${state.facts.by}${state.facts.why && `: ${state.facts.why}`}; \`mayday latch off\` lifts it`
        : 'latch off';
    print(json, globals, text);
    return EXIT.done;
  });
};

import { scanExitCode, scanJson, scanText } from '../revert/report.ts';
import { engineFor } from '../runtime/engine.ts';
import type { CommandBody } from './command.ts';
import type { ExitCode } from './failure.ts';
import { print } from './output.ts';
import { withCluster } from './session.ts';

/** `mayday scan`: every injection in the cluster (or one namespace), whoever left it. Blind spots make it exit 8. */
export const scanCommand: CommandBody = ({ globals, options }) =>
  withCluster(globals, async (api, runtime) => {
    const { namespace } = globals;
    const result = await engineFor(runtime, api).scan({
      deep: options.fast !== true,
      ...(namespace === undefined ? {} : { namespace }),
    });
    const { now } = api.serverTime();
    print(scanJson(result, now), globals, () => scanText(result, now));
    return scanExitCode(result) as ExitCode;
  });

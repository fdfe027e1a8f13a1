import { join } from 'node:path';
import { DEMO_SPEED, runDemo } from '../gameday/demo.ts';
import { listenForInterrupt } from '../host/interrupt.ts';
import { engineFor } from '../runtime/open-engine.ts';
import type { CommandBody } from './command.ts';
import type { ExitCode } from './failure.ts';
import { loadOrFail } from './load.ts';
import { linePrinter } from './output/output.ts';
import { withCluster } from './session.ts';

/** `mayday demo`: always on its own sandbox; a kubeconfig is ignored. */
export const demoCommand: CommandBody = ({ globals }) => {
  const { color, ascii, output } = globals;
  const stage = { color, output, sandbox: 'healthy', speed: globals.speed ?? DEMO_SPEED, ...(ascii ? { ascii } : {}) };
  return withCluster(stage, async (api, runtime) => {
    const interrupt = listenForInterrupt();
    try {
      const { exitCode } = await runDemo({
        engine: engineFor(runtime, api),
        api,
        clock: runtime.realClock,
        load: file => loadOrFail(join(runtime.paths.experiments, file), { set: [] }),
        print: linePrinter(globals),
        signal: interrupt.signal,
      });
      return exitCode as ExitCode;
    } finally {
      interrupt.dispose();
    }
  });
};

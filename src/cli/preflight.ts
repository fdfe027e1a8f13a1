import { lookAtManaged } from '../knowledge/preflight.ts';
import { preflightLines, preflightReport } from '../knowledge/report.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { modelsOrFail } from './knowledge.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';

/**
 * `mayday preflight PATH…`: reads every object that knowledge models name. Exit 9 when one is missing, unhealthy or not as its model
 * says; 8 when one could not be read and nothing worse was found.
 */
export const preflightCommand: CommandBody = async ({ globals, args }) => {
  const models = modelsOrFail(args[0] as string[]);
  return withCluster(globals, async api => {
    const discovery = await api.discovery();
    if (!discovery.ok) throw new CommandFailure(discovery.message, EXIT.unreachable);
    const report = preflightReport(await lookAtManaged(api, discovery.value, models));
    print(report, globals, () => preflightLines(report));
    const { missing, unhealthy, different, blind } = report.summary;
    if (missing + unhealthy + different > 0) return EXIT.broken;
    return blind > 0 ? EXIT.unreachable : EXIT.done;
  });
};

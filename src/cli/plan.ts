import { disk } from '../experiment/files.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import { locksFor, previewFacts } from '../runtime/open-engine.ts';
import { dryRunWrites } from '../safety/dry-run.ts';
import { preflight } from '../safety/preflight.ts';
import { planLines, planReport } from '../safety/report.ts';
import type { CommandBody } from './command.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { loadOrFail } from './load.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';
import { withStandardInput } from './standard-input.ts';

/** `mayday plan`: what would be written, what is affected, what is permitted; `-` is standard input. Exit 5 when the injection would be refused, 8 when that is because the cluster cannot be reached or read. */
export const planCommand: CommandBody = async ({ globals, args, options }) => {
  const path = String(args[0]);
  const set = (options.set as string[] | undefined) ?? [];
  const files = await withStandardInput(disk, [path], process.stdin);
  const loaded = loadOrFail(path, { namespace: globals.namespace, set }, files);
  return withCluster(globals, async (api, runtime) => {
    const facts = previewFacts(runtime, api, loaded.experiment.metadata.name, runtime.random);
    const locks = locksFor(runtime, api);
    const made = await preflight(api, loaded, facts, {
      lock: locks && (() => locks.look(loaded)),
      freeze: runtime.config.freeze,
    });
    const tried = options.serverDryRun === true && !isRefusal(made.plan) ? await dryRunWrites(api, made.plan) : [];
    const report = planReport(loaded, api.identity.context, made, tried);
    print(report, globals, () => planLines(report));
    return exitCode(made.gates, tried, isRefusal(made.plan));
  });
};

function exitCode(
  gates: readonly { ok: boolean; code?: string }[],
  tried: readonly { ok: boolean }[],
  isRefused: boolean,
): ExitCode {
  if (gates.some(gate => !gate.ok && (gate.code === 'forbidden' || gate.code === 'unreachable')))
    return EXIT.unreachable;
  return isRefused || gates.some(gate => !gate.ok) || tried.some(result => !result.ok) ? EXIT.inconclusive : EXIT.done;
}

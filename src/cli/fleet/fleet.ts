import { createKeyedQueue } from '../../host/keyed-queue.ts';
import { createLoopLoad } from '../../host/loop-load.ts';
import { sharedMachine } from '../../kube/connection/machine.ts';
import { isProtected } from '../../runtime/settings.ts';
import type { CommandBody, CommandSpec, Invocation } from '../command.ts';
import { ask, canAsk } from '../confirm.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { isOtherForm } from '../globals.ts';
import { printNotice, printNoticeItem } from '../output/notice.ts';
import { linePrinter, print, printJsonLine } from '../output/output.ts';
import { runtimeFor } from '../session.ts';
import { type Answer, askEach } from './ask-each.ts';
import { fleetContexts } from './contexts.ts';
import { clusterJson, fleetCode, fleetJson, fleetLines } from './report.ts';

/** Runs one command on many clusters in parallel. Prints the output of each under its name as it ends, then a table, the most severe result first. */
export async function fleetCommand(spec: CommandSpec, body: CommandBody, invocation: Invocation): Promise<ExitCode> {
  const { globals, args } = invocation;
  const command = spec.usage.split(' ')[0] ?? '';
  refuse(command, spec, invocation);
  const machine = sharedMachine();
  const contexts = await fleetContexts(globals, machine);
  const shared = { machine, clusters: contexts.length, revertQueue: createKeyedQueue(), load: createLoopLoad() };
  const isWriting =
    spec.fleet?.writes?.(args) === true && invocation.options.dryRun !== true && globals.readOnly !== true;
  const unconfirmed = isWriting ? await unconfirmedOf(contexts, command, invocation) : new Set<string>();
  // The work on each cluster adds a listener for signals until it is done, which may exceed the default limit of listeners.
  process.setMaxListeners(0);
  const line = linePrinter(globals);
  const { output } = globals;
  const answers = await askEach(
    contexts,
    context => {
      if (!unconfirmed.has(context))
        return body({ ...invocation, globals: { ...forOne(invocation, context), shared } });
      const failure = `protected: expected its name typed, or --confirm ${context}; nothing was done there`;
      return Promise.reject(new CommandFailure(failure, EXIT.aborted));
    },
    answer => {
      if (output === 'text') for (const one of block(answer)) line(one);
      else if (output === 'jsonl') printJsonLine(clusterJson(answer));
      for (const warning of linesOf(answer.stderr)) printNoticeItem(`${answer.context}: ${warning}`);
    },
    () => performance.now(),
  );
  const code = fleetCode(answers);
  if (output === 'text') for (const one of fleetLines(command, answers)) line(one);
  else if (output === 'jsonl') printJsonLine(fleetJson(command, answers).summary);
  else print(fleetJson(command, answers), globals, () => []);
  return code;
}

/** Throws where the command or its options cannot be used on many clusters at once. */
function refuse(command: string, spec: CommandSpec, { options, globals, args }: Invocation): void {
  if (spec.fleet === undefined)
    throw new CommandFailure(`expected one cluster: ${command} takes no --contexts; name one with --context`);
  if (isOtherForm(globals.output))
    throw new CommandFailure('expected -o text, json, yaml or jsonl for several clusters, found md');
  for (const name of ['watch', 'save', 'from'])
    if (options[name] !== undefined)
      throw new CommandFailure(`expected one cluster for --${name}: name it with --context`);
  if (command !== 'revert') return;
  if (Array.isArray(args[0]) && args[0].length > 0)
    throw new CommandFailure(
      'expected --all for several clusters, found ids: an id is of one cluster; name it with --context',
    );
  if (options.yes !== true && options.dryRun !== true && globals.readOnly !== true)
    throw new CommandFailure(
      'expected --yes for several clusters: their questions could not be told apart; --dry-run shows what would be done',
    );
}

/** The protected contexts whose names were given neither by --confirm nor when asked for. */
async function unconfirmedOf(
  contexts: readonly string[],
  command: string,
  { globals, options }: Invocation,
): Promise<Set<string>> {
  const runtime = await runtimeFor(globals);
  await runtime.close();
  const given = [options.confirm ?? []].flat();
  const open = contexts.filter(name => isProtected(name, runtime.config.protected) && !given.includes(name));
  const refused = new Set<string>();
  for (const name of open) {
    const isNamed = canAsk() && (await ask(`${command} in the protected context ${name}. Type its name:`, name));
    if (!isNamed) refused.add(name);
  }
  if (refused.size > 0) printNotice(`not confirmed, and left alone: ${[...refused].join(', ')}`);
  return refused;
}

/** The global options for one cluster of the fleet. */
function forOne({ globals }: Invocation, context: string): Invocation['globals'] {
  const { contexts: _, allContexts: __, contextsFile: ___, ...rest } = globals;
  return { ...rest, context };
}

const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '');

function block({ context, text, code, ms, failure }: Answer): string[] {
  const heading = `== ${context}  (exit ${code}, ${(ms / 1000).toFixed(1)}s)`;
  return [heading, ...linesOf(text), ...(failure === undefined ? [] : [failure]), ''];
}

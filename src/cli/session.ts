import type { Api } from '../kube/client/api.ts';
import { noAnswerOf } from '../kube/connection/no-answer.ts';
import { createRuntime, type Runtime } from '../runtime/runtime.ts';
import { CommandFailure, EXIT } from './failure.ts';
import type { GlobalOptions } from './globals.ts';
import { printNotice } from './output/notice.ts';

/**
 * Creates the runtime of a command, or throws a usage failure. ASCII output from the configuration file counts from then on as
 * if it had been given on the command line.
 */
export async function runtimeFor(globals: GlobalOptions): Promise<Runtime> {
  const made = await createRuntime(globals);
  if (!made.ok) throw new CommandFailure(made.message, EXIT.usage);
  if (made.runtime.config.ascii) globals.ascii = true;
  return made.runtime;
}

/** The connection of a runtime, or a failure in one line: exit 8, or 2 for a context that is not there. Sends no request to the cluster. */
export async function connectOrFail(runtime: Runtime): Promise<Api> {
  const connected = await runtime.connect();
  if (connected.ok) return connected.value;
  throw new CommandFailure(connected.message, connected.reason === 'context' ? EXIT.usage : EXIT.unreachable);
}

/** Runs `work` with a connected cluster and closes everything afterwards. An unreachable cluster is reported in one line, exit 8 (or 2 for a context that is not there). */
export async function withCluster<T>(
  globals: GlobalOptions,
  work: (api: Api, runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await runtimeFor(globals);
  try {
    const api = await connectOrFail(runtime);
    await expectAnswer(api);
    return await work(api, runtime);
  } finally {
    for (const line of await runtime.close()) printNotice(line);
  }
}

/** Reports a cluster that does not answer or does not let us in, once and in one line, before anything else. */
async function expectAnswer(api: Api): Promise<void> {
  const none = await noAnswerOf(api);
  if (none === undefined) return;
  const { context, server } = api.identity;
  const { word, message, advice } = none;
  const expected = advice === undefined ? 'to answer' : 'to know who asks';
  const says = [message, ...(advice === undefined ? [] : [advice]), 'nothing was written'].join('; ');
  throw new CommandFailure(
    `expected context ${context} (${server}) ${expected}, found: ${says}`,
    EXIT.unreachable,
    word,
  );
}

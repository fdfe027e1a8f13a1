import { createInterface } from 'node:readline';
import { createGuardian } from '../guardian/guardian.ts';
import { type FromGuardian, type FromOwner, messageOf } from '../guardian/message.ts';
import { guardianNotices } from '../guardian/notices.ts';
import { createRunReverter } from '../guardian/revert-run.ts';
import { filesUnder } from '../host/files.ts';
import { openEventLog } from '../host/log.ts';
import { processStart } from '../host/process.ts';
import { isLoopback } from '../kube/connection/connections.ts';
import { notifierFor, placeOf } from '../runtime/notifier.ts';
import { readRecordKey } from '../safety/record-key.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { printJsonLine } from './output/output.ts';
import { connectOrFail, runtimeFor } from './session.ts';

/** `mayday guardian`: started by a run or the console and connected to it by a pipe. Reverts faults at their TTL if its owner has died, and ends. */
export const guardianCommand: CommandBody = async ({ globals }) => {
  if (process.stdin.isTTY === true)
    throw new CommandFailure(
      'expected to be started by a run or the console, which tell it what to guard; found a terminal. `mayday reaper` guards a cluster',
    );
  const runtime = await runtimeFor(globals);
  const api = await connectOrFail(runtime);
  const write = openEventLog(runtime.paths.guardianLog, runtime.paths.state);
  const log = (event: string, facts: Record<string, unknown>) =>
    write({ event, context: api.identity.context, ...facts });
  const send = (message: FromGuardian) => printJsonLine(message);
  const { clock, random, paths, config } = runtime;
  const reverting = createRunReverter({
    api,
    clock,
    files: filesUnder(paths.state),
    stateDir: paths.state,
    recordKey: () => readRecordKey(api, clock),
  });
  const notifier = notifierFor(runtime, api);
  const guardian = createGuardian({
    ...reverting,
    notices: guardianNotices(notifier.send, placeOf(runtime, api)),
    clock,
    random,
    serverTime: () => api.serverTime(),
    probe: async () => (await api.raw({ path: '/version', timeoutMs: PROBE_MS })).ok,
    send: send,
    log,
    atOnce: config.guardian === 'at-once',
    retryForMs: isLoopback(new URL(api.identity.server).hostname) ? OWN_RETRY_FOR_MS : RETRY_FOR_MS,
  });
  ignoreHangUps(() => guardian.hurry(), log);
  listen(guardian.receive, guardian.ownerGone);
  // Done early, while the network is still there.
  void api.discovery();
  const started = processStart(process.pid);
  log('started', { server: api.identity.server, atOnce: config.guardian === 'at-once' });
  send({
    is: 'ready',
    pid: process.pid,
    ...(started === undefined ? {} : { processStart: started }),
    server: api.identity.server,
    log: paths.guardianLog,
  });
  await guardian.over;
  await reverting.unlock();
  // The revert is done; whether the notification arrives does not matter for it.
  for (const why of await runtime.close()) log('not told', { why });
  log('ended', {});
  return EXIT.done;
};

const PROBE_MS = 5_000;
/** A cluster that has not answered for a day is assumed to be gone; for one on this machine, such as a sandbox, a shorter time is enough. */
const RETRY_FOR_MS = 24 * 3_600_000;
const OWN_RETRY_FOR_MS = 15 * 60_000;

/** Ignores the end of the terminal, the session and the owner: a guardian that has something to revert must go on. */
function ignoreHangUps(hurry: () => void, log: (event: string, facts: Record<string, unknown>) => void): void {
  for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined);
  process.on('SIGTERM', hurry);
  const note = (error: unknown) =>
    log('error', { why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
}

function listen(receive: (message: FromOwner) => void, gone: () => void): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', line => {
    const message = messageOf<FromOwner>(line);
    if (message) receive(message);
  });
  lines.on('close', gone);
  process.stdin.on('error', gone);
}

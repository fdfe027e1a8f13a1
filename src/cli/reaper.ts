import { faultOf } from '../faults/registry.ts';
import { createElection } from '../guardian/election.ts';
import { reaperNotices } from '../guardian/notices.ts';
import { reap } from '../guardian/reaper.ts';
import { listenForInterrupt } from '../host/interrupt.ts';
import { notifierFor, placeOf } from '../runtime/notifier.ts';
import { readRecordKey } from '../safety/record-key.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { durationOption } from './number.ts';
import { printJsonLine } from './output/output.ts';
import { connectOrFail, runtimeFor } from './session.ts';

const INTERVAL_MS = 5_000;
const GRACE_MS = 10_000;

/** `mayday reaper`: runs until it is interrupted; reverts every fault that is past its TTL, whoever injected it. Prints a JSON line for everything it does. */
export const reaperCommand: CommandBody = async ({ globals, options }) => {
  const intervalMs = durationOption(options.interval, 'interval') ?? INTERVAL_MS;
  const graceMs = durationOption(options.grace, 'grace') ?? GRACE_MS;
  const runtime = await runtimeFor(globals);
  if (globals.readOnly === true || runtime.config.readOnly)
    throw new CommandFailure('expected to be allowed to write, found read-only: a reaper does nothing else');
  const api = await connectOrFail(runtime);
  const { clock, host } = runtime;
  const interrupt = listenForInterrupt();
  const holder = `${host}_${process.pid}`;
  const log = (event: string, facts: Record<string, unknown>) =>
    printJsonLine({ at: new Date(api.serverTime().now).toISOString(), event, ...facts });
  log('started', { server: api.identity.server, user: api.identity.user, holder, intervalMs, graceMs });
  try {
    await reap(
      {
        api,
        clock,
        faultOf,
        journal: { append: () => Promise.resolve() },
      },
      {
        election: createElection({ api, clock, namespace: api.identity.namespace, name: 'mayday-reaper', holder }),
        intervalMs,
        graceMs,
        log,
        onReceipts: reaperNotices(notifierFor(runtime, api).send, placeOf(runtime, api)),
        recordKey: () => readRecordKey(api, clock),
        signal: interrupt.signal,
      },
    );
  } finally {
    interrupt.dispose();
    for (const why of await runtime.close()) log('not told', { why });
  }
  return EXIT.done;
};

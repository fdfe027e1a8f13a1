import { randomBytes } from 'node:crypto';
import type { RecordKey } from '../engine/deps.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { Guard } from '../engine/guard.ts';
import { isHolderAlive, thisProcess } from '../engine/holder-process.ts';
import { type Locks, operatorLocks } from '../engine/operator-lock.ts';
import type { Facts, Plan } from '../faults/contract.ts';
import { ownersGuard } from '../guardian/owner.ts';
import type { Clock } from '../host/clock.ts';
import { filesUnder } from '../host/files.ts';
import { isAlive } from '../host/process.ts';
import type { Api } from '../kube/client/api.ts';
import { freezeGates } from '../safety/freeze.ts';
import type { GateResult } from '../safety/gate.ts';
import { askGates } from '../safety/preflight.ts';
import { type KeyRead, readOrMakeRecordKey, readRecordKey } from '../safety/record-key.ts';
import { startGuardianProcess } from './guardian-process.ts';
import { notifierFor } from './notifier.ts';
import { processFacts } from './process-facts.ts';
import type { Runtime } from './runtime.ts';

/** What one run adds: its own random numbers, and a gate that only the caller knows. */
export interface EngineExtras {
  random?: () => number;
  gate?: (plan: Plan) => GateResult;
  /** Reverts what this process no longer can; shared by the runs of a process. */
  guard?: Guard | undefined;
  /** Locks the operator under test; shared by the runs of a process. */
  locks?: Locks | undefined;
}

/** The locks of this process in one cluster. There are none in a sandbox, which no other process uses, or if the configuration turns them off. */
export function locksFor(runtime: Runtime, api: Api): Locks | undefined {
  if (runtime.options.sandbox !== undefined || runtime.config.lock === 'off') return undefined;
  return operatorLocks({
    api,
    clock: runtime.realClock,
    namespace: runtime.config.lockNamespace,
    who: `${api.identity.user}@${runtime.host}`,
    keeper: thisProcess(),
    isHolderAlive: isHolderAlive(),
  });
}

/** The guard of one connection. There is none for a sandbox, which ends with this process, or if the configuration turns it off. */
export function guardFor(runtime: Runtime, api: Api): Guard | undefined {
  if (runtime.options.sandbox !== undefined || runtime.config.guardian === 'off') return undefined;
  return ownersGuard({
    clock: runtime.realClock,
    start: () => startGuardianProcess(runtime.options, api.identity),
  });
}

/** The key that signs the undo records of one cluster. It is read when it is first needed, and again as long as it does not exist. */
export function recordKeyFor(api: Api, clock: Clock): RecordKey {
  let known: KeyRead | undefined;
  const cached = async (read: () => Promise<KeyRead>): Promise<KeyRead> => {
    if (known !== undefined) return known;
    const now = await read();
    if (now.key !== undefined) known = now;
    return now;
  };
  return {
    read: () => cached(() => readRecordKey(api, clock)),
    make: () => cached(() => readOrMakeRecordKey(api, clock, randomBytes)),
  };
}

/** The engine of one connection, with this machine's disk, clock and randomness. */
export function engineFor(runtime: Runtime, api: Api, extras: EngineExtras = {}): Engine {
  return createEngine({
    api,
    clock: runtime.clock,
    random: extras.random ?? runtime.random,
    files: filesUnder(runtime.paths.state),
    stateDir: runtime.paths.state,
    ...processFacts(runtime),
    isAlive,
    recordKey: recordKeyFor(api, runtime.clock),
    notifier: notifierFor(runtime, api),
    ...(extras.guard === undefined ? {} : { guard: extras.guard }),
    ...(extras.locks === undefined ? {} : { locks: extras.locks }),
    gates: async (loaded, plan) => {
      const { gates } = await askGates(api, loaded, plan);
      const frozen = freezeGates(runtime.config.freeze, api.serverTime().now);
      return [...gates, ...frozen, ...(extras.gate ? [extras.gate(plan)] : [])];
    },
  });
}

/** The facts for the preview of an injection; they are not stored. */
export function previewFacts(runtime: Runtime, api: Api, experiment: string, random: () => number): Facts {
  return {
    id: 'preview',
    run: 'preview',
    experiment,
    by: runtime.by,
    host: runtime.host,
    at: api.serverTime().now,
    random,
  };
}

import type { Clock } from '../../host/clock.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { type Journal, JournalUnwritable, type Purpose, type StepOutcome } from './journal.ts';
import { readBack } from './lost-response.ts';
import { send } from './send.ts';
import type { Write } from './write.ts';

/** One write and its outcome. */
interface StepResult {
  index: number;
  write: Write;
  outcome: StepOutcome;
  /** The object as the server answered, or as read back. */
  object?: KubeObject;
  failure?: Failure;
  message: string;
  /** Requests this step took, reads included. */
  requests: number;
  ms: number;
}

/**
 * `done`: every write was applied. `conflict`: something changed since the plan was made; read again and plan again. `failed`: the server
 * refused. `unknown`: the server neither answered nor could be read back; the write may have been applied, so nothing was undone.
 * `aborted`: the signal stopped the execution between two writes.
 */
export interface Execution {
  state: 'done' | 'conflict' | 'failed' | 'unknown' | 'aborted';
  steps: StepResult[];
  /** Writes that were undone after a later one failed, in the order of undoing. */
  undone: StepResult[];
  /** Writes of this execution that are still in the cluster although it did not end `done`. */
  left: Write[];
  message: string;
}

export interface ExecutorDeps {
  api: Api;
  journal: Journal;
  clock: Clock;
  /** Stops before the next write; the outcome of a write that was sent is always found out. */
  signal?: AbortSignal;
}

const MAX_SENDS = 5;
const MAX_WAIT_MS = 10_000;
/**
 * How long after a lost answer a write may still be applied. A server gives up a request soon after its client has
 * disconnected.
 */
export const IN_FLIGHT_MS = 5_000;

/**
 * Sends the writes in order, each after its journal entry, and stops at the first that is not applied. A write is sent again only if it
 * is safe: a throttled write was refused before it was tried, and after a lost answer the object is read back first.
 * On `inject`, objects that earlier steps created are deleted again, last first, if a later step was certainly not applied.
 */
export async function execute(
  writes: readonly Write[],
  deps: ExecutorDeps,
  run: { id: string; purpose: Purpose },
): Promise<Execution> {
  const steps: StepResult[] = [];
  for (const [index, write] of writes.entries()) {
    if (deps.signal?.aborted) return stoppedExecution('aborted', 'stopped before the next write', steps, deps, run);
    const result = await step(write, { index, of: writes.length }, deps, run);
    steps.push(result);
    if (result.outcome === 'applied' || result.outcome === 'gone') continue;
    return stoppedExecution(result.outcome, result.message, steps, deps, run);
  }
  return { state: 'done', steps, undone: [], left: [], message: '' };
}

async function stoppedExecution(
  state: Exclude<Execution['state'], 'done'>,
  message: string,
  steps: StepResult[],
  deps: ExecutorDeps,
  run: { id: string; purpose: Purpose },
): Promise<Execution> {
  const applied = steps.filter(result => result.outcome === 'applied');
  // A backup must be kept as long as it is unknown whether the write that relies on it was applied.
  const mayUndo = run.purpose === 'inject' && state !== 'unknown';
  const undone = mayUndo ? await undo(applied, deps, run.id) : [];
  const isBack = ({ outcome }: StepResult) => outcome === 'applied' || outcome === 'gone';
  const back = new Set(undone.filter(isBack).map(result => nameOf(result.write.on)));
  const left = applied.map(result => result.write).filter(write => !back.has(nameOf(write.on)));
  return { state, steps, undone, left, message };
}

async function undo(applied: readonly StepResult[], deps: ExecutorDeps, id: string): Promise<StepResult[]> {
  const created = applied.filter(result => result.write.verb === 'create').reverse();
  const undone: StepResult[] = [];
  for (const [index, { write, object }] of created.entries()) {
    const uid = object?.metadata.uid;
    if (uid === undefined) continue;
    const deletion: Write = {
      verb: 'delete',
      on: { ...write.on, uid },
      precondition: { uid },
      says: `undo the creation of ${nameOf(write.on)}`,
    };
    undone.push(await step(deletion, { index, of: created.length }, deps, { id, purpose: 'undo' }));
  }
  return undone;
}

async function step(
  write: Write,
  place: { index: number; of: number },
  deps: ExecutorDeps,
  run: { id: string; purpose: Purpose },
): Promise<StepResult> {
  const { api, clock, journal } = deps;
  const base = { id: run.id, purpose: run.purpose, step: place.index, of: place.of };
  await journal.append({ ...base, at: clock.now(), record: 'intent', write }).catch(unwritable);
  const began = clock.monotonic();
  const requestsBefore = api.requests;
  const settled = await settle(write, deps);
  const result: StepResult = {
    index: place.index,
    write,
    ...settled,
    requests: api.requests - requestsBefore,
    ms: clock.monotonic() - began,
  };
  await journal
    .append({
      ...base,
      at: clock.now(),
      record: 'result',
      outcome: result.outcome,
      on: write.on,
      message: result.message,
    })
    .catch(unwritable);
  return result;
}

function unwritable(error: unknown): never {
  throw new JournalUnwritable(error);
}

type Settled = Pick<StepResult, 'outcome' | 'object' | 'failure' | 'message'>;

/** Sends the write until it is known to be applied or refused, or until its outcome cannot be found out. */
async function settle(write: Write, deps: ExecutorDeps): Promise<Settled> {
  const { clock } = deps;
  let lost: Lost | undefined;
  for (let sends = 1; ; sends += 1) {
    const outcome = await send(deps.api, write);
    if (outcome.ok) {
      // If the first object were deleted before the lost request arrives, that request would create a second one.
      if (write.verb === 'create') await waitUntilExpired(lost, clock);
      return { outcome: 'applied', object: outcome.value, message: write.says };
    }
    const waitMs = requestedWaitMs(outcome);
    if (waitMs !== undefined && sends < MAX_SENDS) {
      await clock.sleep(waitMs);
      continue;
    }
    if (isLost(outcome)) lost = { failure: outcome, at: clock.monotonic(), times: (lost?.times ?? 0) + 1 };
    if (lost === undefined) return refused(write, outcome);
    const settled = await settleLost(write, { outcome, lost, sends }, deps);
    if (settled !== undefined) return settled;
  }
}

/** The outcome of a write of which an answer was lost; undefined if it must be sent again. */
async function settleLost(
  write: Write,
  { outcome, lost, sends }: { outcome: Failure; lost: Lost; sends: number },
  deps: ExecutorDeps,
): Promise<Settled | undefined> {
  const { clock, api } = deps;
  const decided = await decide(write, outcome, api);
  if (isCertain(decided)) {
    // One of the requests created the object. Another request may still arrive, and would create a second object after
    // this one is deleted.
    if (write.verb === 'create' && lost.times > 1) await waitUntilExpired(lost, clock);
    return decided;
  }
  const mayTry = decided.outcome === 'not-applied' && isLost(outcome) && sends < MAX_SENDS;
  if (!mayTry) return giveUp(write, outcome, lost, deps);
  // The first request may still arrive; the precondition keeps the server from applying both.
  await clock.sleep(100 * 2 ** sends);
  return undefined;
}

/** A write whose answer was lost: the failure and the time of the last loss (monotonic clock, milliseconds), and the number of losses. */
interface Lost {
  failure: Failure;
  at: number;
  times: number;
}

type Decided = Settled | { outcome: 'not-applied' };
const isCertain = (decided: Decided): decided is Settled =>
  decided.outcome !== 'not-applied' && decided.outcome !== 'unknown';

/** Waits until a request without an answer can no longer be carried out. */
async function waitUntilExpired(lost: Lost | undefined, clock: Clock): Promise<void> {
  const left = lost === undefined ? 0 : lost.at + IN_FLIGHT_MS - clock.monotonic();
  if (left > 0) await clock.sleep(left);
}

/**
 * The last read back of a write that was never found applied. It waits until none of its requests can arrive any more,
 * because only then `not-applied` means refused.
 */
async function giveUp(write: Write, outcome: Failure, lost: Lost, deps: ExecutorDeps): Promise<Settled> {
  await waitUntilExpired(lost, deps.clock);
  let decided: Decided = await decide(write, outcome, deps.api);
  for (let reads = 1; decided.outcome === 'unknown' && reads < MAX_SENDS; reads += 1) {
    await deps.clock.sleep(100 * 2 ** reads);
    decided = await decide(write, outcome, deps.api);
  }
  return decided.outcome === 'not-applied' ? unknownIfDelete(write, refused(write, outcome)) : decided;
}

/**
 * A deletion that was sent and not answered counts as `unknown`, never as failed: if it is carried out later, the backup
 * is the only copy left.
 */
function unknownIfDelete(write: Write, end: Settled): Settled {
  if (write.verb !== 'delete' || end.outcome !== 'failed') return end;
  return {
    ...end,
    outcome: 'unknown',
    message: `${end.message}; an earlier request was not answered and may still be carried out`,
  };
}

/** The outcome of a write whose answer was lost, from reading the object back. */
async function decide(write: Write, failure: Failure, api: Api): Promise<Decided> {
  const found = await readBack(api, write);
  switch (found.state) {
    case 'applied':
      return {
        outcome: 'applied',
        ...(found.object === undefined ? {} : { object: found.object }),
        message: `${write.says} (the answer was lost; read back and found applied)`,
      };
    case 'other':
      return { outcome: 'conflict', failure, message: `${nameOf(write.on)}: ${found.why}` };
    case 'unknown':
      return {
        outcome: 'unknown',
        failure,
        message: `${nameOf(write.on)}: no answer (${failure.message}) and reading back failed (${found.failure.message}): it may or may not have been applied`,
      };
    case 'not-applied':
      return { outcome: 'not-applied' };
  }
}

/** How long to wait if the server asked to try again later, in milliseconds; undefined if it did not. */
function requestedWaitMs(failure: Failure): number | undefined {
  const asked = failure.retryAfterMs;
  if (failure.reason === 'throttled') return Math.min(asked ?? 1000, MAX_WAIT_MS);
  return failure.status === 503 && asked !== undefined ? Math.min(asked, MAX_WAIT_MS) : undefined;
}

/** Whether the write may have been applied although this failure came back. */
function isLost(failure: Failure): boolean {
  // Admission refuses before anything is stored, even if the status is 500.
  if (/failed calling webhook|admission webhook/.test(failure.message)) return false;
  return ['unreachable', 'aborted', 'server-error', 'too-large'].includes(failure.reason);
}

function refused(write: Write, failure: Failure): Settled {
  const message = `${nameOf(write.on)}: ${failure.message}`;
  if (write.verb === 'delete') {
    const { uid } = write.precondition;
    // The deletion names a uid, so a conflict means that this object is gone and another one has its name.
    const isGone =
      failure.reason === 'not-found' || (failure.reason === 'conflict' && uid !== undefined && mentionsUid(failure));
    if (isGone) return { outcome: 'gone', failure, message: `${nameOf(write.on)} was already gone` };
  }
  return { outcome: isConflict(write, failure) ? 'conflict' : 'failed', failure, message };
}

const mentionsUid = (failure: Failure) => /\bUID\b/i.test(failure.message);

function isConflict(write: Write, failure: Failure): boolean {
  if (failure.reason === 'conflict' || failure.reason === 'already-exists' || failure.reason === 'gone') return true;
  return failure.reason === 'not-found' && (write.verb === 'patch' || write.verb === 'replace');
}

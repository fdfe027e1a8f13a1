import type { Facts, Plan, Refusal } from '../../src/faults/contract.ts';
import { typeByBackup } from '../../src/faults/recognition.ts';
import { faultOf } from '../../src/faults/registry.ts';
import type { FaultType } from '../../src/faults/types.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import type { ExecutorDeps } from '../../src/injection/write/executor.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import { type Injected, injectWithReplan } from '../../src/injection/write/replan.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import type { RevertDeps } from '../../src/revert/deps.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { revertRun } from '../../src/revert/run-writes.ts';
import { createDecisions } from '../../src/revert/scan/decisions.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { signedPlan } from '../../src/revert/trust/sign-plan.ts';
import { scopeOf } from '../../src/safety/read-and-plan.ts';
import { testFacts } from '../support/facts.ts';
import { fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { oneOf, type Random } from './draw.ts';
import { HOSTILITIES, type Hostile, type Hostility, hostile } from './hostile.ts';
import { others } from './others.ts';
import { differences, type Snapshot, snapshotOf, snapshotOfAll, withoutMarks } from './snapshot.ts';
import { HarnessTimedOut } from './timed-out.ts';
import { stormy } from './weather.ts';
import { keyOf, kindsOf, type Stage, type World, worldOf } from './world.ts';

/** What one run of inject and revert in bad weather came to. */
export interface Trial {
  seed: number;
  stage: string;
  type: FaultType;
  injected: boolean;
  /** What a revert in good weather could not give back. */
  lost: string[];
  /** What was said to be verified, or all of it, and was not so. */
  falselyVerified: string[];
  struck: ReadonlyMap<string, number>;
  /** Why the harness could not tell what became of the original; nothing else of the trial counts then. */
  timedOut?: string;
  /** What was wrong with the cluster while it was taken out. */
  hostility?: Hostility;
}

/** By which every record of the torture is signed, so that nothing but the signature lets a restore do what it must. */
export const KEY: Uint8Array = new Uint8Array(32).fill(7);
const TTL_MS = 300_000;
const STORMS = [0, 0.1, 0.25, 0.45, 0.7];
/** The part of the trials in which the cluster itself is against it. */
const HOSTILE = 0.4;

/** How one injection is taken out: by the run that made it, or by a revert of all that a scan finds. */
type Path = 'revert' | 'revert-all';

/** Injects and reverts in bad weather, then clears the sky, reverts once more, and compares. */
export async function trial(stage: Stage, seed: number): Promise<Trial> {
  const random = seededRandom(seed);
  const world = worldOf(stage, random);
  const clock = steppedClock();
  const api = fakeApi(world.objects, { now: clock.now, kinds: kindsOf(world.objects) });
  const hostility = random() < HOSTILE ? oneOf(random, HOSTILITIES) : undefined;
  const somebody = others(api, world, random, { isShy: hostility !== undefined });
  // Where nothing is left but memory, it must not die in a storm.
  const probability = oneOf(random, hostility === 'robs' ? [0] : hostility === 'lurks' ? [0, 0.1, 0.25] : STORMS);
  const weather = stormy(api, clock, random, { probability, overtake: somebody.write });
  const journal = memoryJournal();
  const injected = await inject(weather.api, world, { api: weather.api, clock, journal }, random);
  const deps = { api: weather.api, clock, journal, faultOf, decisions: createDecisions(clock) };
  const enemy = hostility === undefined ? undefined : hostile(api, hostility);
  const claim = await takeOut(deps, world, injected, { path: oneOf(random, ['revert', 'revert-all']), enemy });
  const before = snapshotOfAll(somebody.expected(), world);
  const now = snapshotOf(api, world);
  const falselyVerified = claim.isAllBack ? differences(before, now) : [];
  for (const { object, message } of claim.receipts.filter(receipt => receipt.verified)) {
    const key = keyAt(object);
    if (now.get(key) !== before.get(key) && world.type !== 'PodKill') falselyVerified.push(`${key}: ${message}`);
  }
  await weather.clear();
  enemy?.end();
  if (claim.isAllBack) falselyVerified.push(...differences(before, snapshotOf(api, world)));
  const unproven = await revertCalmly({ ...deps, api }, { force: hostility !== undefined });
  const bare = snapshotOfAll(api.all().map(withoutMarks), world);
  const lost = lostIn(before, { after: snapshotOf(api, world), bare }, unproven);
  const isInjected = injected?.state === 'injected';
  const found = { lost, falselyVerified, struck: weather.struck, ...(hostility === undefined ? {} : { hostility }) };
  return trialOf(stage, seed, isInjected, found);
}

/** What a trial on this stage came to. */
export const trialOf = (
  { name, type }: Stage,
  seed: number,
  injected: boolean,
  found: Omit<Trial, 'seed' | 'stage' | 'type' | 'injected'>,
): Trial => ({ seed, stage: name, type, injected, ...found });

/** A run that breaks is a failure like any other, and its seed shows it again. */
export const broken =
  (stage: Stage, seed: number) =>
  (error: unknown): Trial =>
    trialOf(stage, seed, false, {
      lost:
        error instanceof HarnessTimedOut ? [] : [`it broke: ${error instanceof Error ? error.message : String(error)}`],
      ...(error instanceof HarnessTimedOut ? { timedOut: error.message } : {}),
      falselyVerified: [],
      struck: new Map(),
    });

/** Plans through this API, again when a look was blind, and injects; undefined when every look was. */
export async function inject(
  api: Api,
  world: World,
  deps: ExecutorDeps,
  random: Random,
): Promise<Injected | undefined> {
  // At each look anew, by the server's time: a signature holds only for what is made soon after the time in its facts.
  const planAgain = () => {
    const at = Math.round(api.serverTime().now);
    return planned(api, world, testFacts({ random: random, at, expires: at + TTL_MS }));
  };
  let plan = await planAgain();
  // Blind is a reason not to inject; here it is only a reason to look again.
  for (let looks = 1; isRefusal(plan) && looks < 20; looks += 1) plan = await planAgain();
  if (isRefusal(plan) && plan.code === 'blind') return undefined;
  if (isRefusal(plan)) throw new Error(`refused: ${plan.code}: ${plan.message}`);
  return injectWithReplan(plan, planAgain, deps);
}

async function planned(api: Api, { type, loaded }: World, facts: Facts): Promise<Plan | Refusal> {
  const fault = faultOf(type);
  const params = fault.parse(loaded.experiment.spec.injection.parameters);
  const scope = scopeOf(loaded);
  const plan = fault.plan(params, scope, await fetchLive(api, live => fault.reads(params, scope, live)), facts);
  return isRefusal(plan) ? plan : signedPlan(KEY, plan);
}

interface Claim {
  receipts: Receipt[];
  /** Whether it was said that nothing remains and that everything was seen. */
  isAllBack: boolean;
}

async function takeOut(
  deps: RevertDeps,
  world: World,
  injected: Injected | undefined,
  { path, enemy }: { path: Path; enemy: Hostile | undefined },
): Promise<Claim> {
  if (path === 'revert') {
    enemy?.begin();
    const own = { type: world.type, written: writtenBy(injected), answers: answersTo(injected), key: KEY };
    const { receipts, remaining } = await revertRun(deps, own);
    return { receipts, isAllBack: remaining === 0 };
  }
  const found = await scan(deps, { deep: true });
  enemy?.begin();
  const { receipts, remaining, appeared, blind } = await revertAll(deps, found.injections, { trust: { key: KEY } });
  const isBlind = blind.length + found.blind.length > 0;
  return { receipts, isAllBack: !isBlind && remaining === 0 && appeared.length === 0 };
}

/** As the run remembers it: everything planned once it is in, else what is left or in doubt. */
function writtenBy(injected: Injected | undefined): ObjectRef[] {
  if (injected === undefined) return [];
  if (injected.state === 'injected') return injected.plan.writes.map(write => write.on);
  const { left, steps } = injected.execution;
  return [
    ...left.map(write => write.on),
    ...steps.filter(step => step.outcome === 'unknown').map(step => step.write.on),
  ];
}

/** The written objects as the server answered them, as a run keeps them. */
const answersTo = (injected: Injected | undefined): KubeObject[] =>
  injected === undefined
    ? []
    : injected.execution.steps.flatMap(({ write, object }) => (object && write.verb !== 'delete' ? [object] : []));

/** In good weather everything must come back; the receipts of what does not. */
async function revertCalmly(deps: RevertDeps, options: { force: boolean }): Promise<Receipt[]> {
  const found = await scan(deps, { deep: true });
  const { remaining, receipts } = await revertAll(deps, found.injections, { ...options, trust: { key: KEY } });
  return remaining === 0 ? [] : receipts.filter(receipt => !receipt.verified);
}

/**
 * What is not back, a line each. A backup whose original was never deleted, or never changed by us, and by somebody else since, is
 * rightly left to a person, and so is an object that somebody else gave a value of their own the moment its original was back: nothing
 * is lost as long as everything that was there is there.
 */
function lostIn(
  before: Snapshot,
  { after, bare }: { after: Snapshot; bare: Snapshot },
  unproven: readonly Receipt[],
): string[] {
  const isRightlyLeft = ({ object, outcome }: Receipt) => {
    const key = keyAt(object);
    return outcome === 'diverged' && (!before.has(key) || bare.get(key) === before.get(key));
  };
  const left = unproven.filter(isRightlyLeft).map(({ object }) => keyAt(object));
  const told = new Map(
    [...after].flatMap(([key, text]) => {
      // Its backup stays with it.
      if (left.length > 0 && isBackupKey(key)) return [];
      if (!left.includes(key)) return [[key, text] as const];
      const kept = before.get(key);
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
  const others = unproven.filter(receipt => !isRightlyLeft(receipt));
  return [...differences(before, told), ...others.map(({ id, outcome, message }) => `${id}: ${outcome}: ${message}`)];
}

function isBackupKey(key: string): boolean {
  const [kind = '', , name = ''] = key.split('/');
  return typeByBackup({ kind, metadata: { name } }) !== undefined;
}

const keyAt = (object: ObjectRef): string => keyOf({ ...object, metadata: object });

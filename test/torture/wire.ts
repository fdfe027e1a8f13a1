import { faultOf } from '../../src/faults/registry.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import type { RevertDeps } from '../../src/revert/deps.ts';
import { type RevertResult, revertAll } from '../../src/revert/revert-all.ts';
import { createDecisions } from '../../src/revert/scan/decisions.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { oneOf } from './draw.ts';
import type { Ground } from './ground.ts';
import { wireWeather } from './http-weather.ts';
import { grounded, type Lane, laneOf } from './lane.ts';
import { startProxy } from './proxy.ts';
import { differences } from './snapshot.ts';
import { HarnessTimedOut } from './timed-out.ts';
import { broken, inject, KEY, type Trial, trialOf } from './trial.ts';
import { openTrialNamespace, type TrialNamespace } from './trial-namespace.ts';
import { type Stage, worldOf } from './world.ts';

/** Trials side by side: most of each is waiting. */
const LANES = 6;

/** The same torture over real connections: a proxy in front of the API server, the product's own client behind it. */
export async function wireTrials(
  ground: Ground,
  stages: readonly Stage[],
  { runs, seed, tell }: { runs: number; seed: number; tell: (done: number) => void },
): Promise<Trial[]> {
  const trials: Trial[] = [];
  // One stage is always in the same lane, since not everything that it makes bears the lane's name.
  const laneOfRun = (run: number) => (run % stages.length) % LANES;
  async function inLane(number: number): Promise<void> {
    const lane = laneOf(number);
    const space = await openTrialNamespace(ground, lane.namespace);
    for (let run = 0; run < runs; run += 1) {
      const stage = stages[run % stages.length];
      if (stage === undefined || laneOfRun(run) !== number) continue;
      trials.push(await wireTrial({ ground, space, lane }, stage, seed + run).catch(broken(stage, seed + run)));
      tell(trials.length);
    }
  }
  await Promise.all(Array.from({ length: LANES }, (_, number) => inLane(number)));
  return trials;
}

async function wireTrial(
  { ground, space, lane }: { ground: Ground; space: TrialNamespace; lane: Lane },
  stage: Stage,
  seed: number,
): Promise<Trial> {
  const random = seededRandom(seed);
  const world = worldOf(lane.staged(grounded(stage)), random);
  const isMine = lane.isMine(stage);
  const refs = await space.furnish(world.objects);
  const before = await space.shot(refs, isMine);
  let isOn = true;
  const weather = wireWeather(random, oneOf(random, [0.1, 0.2, 0.3]), () => isOn);
  const proxy = await startProxy(ground.url, weather.meet, ground.client);
  const { clock } = ground;
  const connected = await connect({ server: proxy.url, token: ground.token, ca: proxy.certificate, clock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const journal = memoryJournal();
  const revert = async (by: Api) => {
    const deps: RevertDeps = {
      api: by,
      clock,
      journal,
      faultOf,
      decisions: createDecisions(clock),
    };
    const found = await scan(deps, { deep: true });
    const reverted = await revertAll(deps, found.injections.filter(isMine), { trust: { key: KEY } });
    return { ...reverted, isBlind: found.blind.length + reverted.blind.length > 0 };
  };
  const injected = await inject(api, world, { api, clock, journal }, random);
  const { remaining, isBlind, appeared } = await revert(api);
  const isAllBack = !isBlind && remaining + appeared.filter(isMine).length === 0;
  isOn = false;
  const falselyVerified = isAllBack ? differences(before, await space.shot(refs, isMine)) : [];
  await clock.sleep(UNDER_WAY_MS);
  const unproven = await calmly(() => revert(ground.api));
  const lost = [...unproven, ...differences(before, await space.shot(refs, isMine))];
  await api.close();
  await proxy.close();
  await space.clear(refs);
  return trialOf(stage, seed, injected?.state === 'injected', { lost, falselyVerified, struck: weather.struck });
}

/** A server may still carry out what nobody waits for any more. */
const UNDER_WAY_MS = 5_000;
/** A namespace that is Terminating takes its own time, which no clock of ours makes pass faster. */
const CALM_TRIES = 10;

/** A revert that could not see everything in good weather says nothing about what is lost. */
async function calmly(revert: () => Promise<RevertResult & { isBlind: boolean }>): Promise<string[]> {
  for (let tries = 1; ; tries += 1) {
    const { receipts, remaining, isBlind, blind } = await revert();
    if (remaining === 0 && !isBlind) return [];
    if (tries === CALM_TRIES && isBlind)
      throw new HarnessTimedOut(`the last revert was blind: ${blind[0]?.reason ?? 'its scan'}`);
    if (tries === CALM_TRIES)
      return receipts.filter(({ verified }) => !verified).map(({ id, message }) => `${id}: ${message}`);
  }
}

import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import { engineDeps } from '../support/engine.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { type CrashPoint, crashAt, crashingApi, crashingFiles } from './crash-point.ts';
import { differences, type Snapshot, snapshotOf } from './snapshot.ts';
import { kindsOf, type Stage, type World, worldOf } from './world.ts';

/** A process killed at one moment, and what a fresh one over the same cluster and disk made of it. */
export interface Death {
  stage: string;
  /** What it was doing: a whole run, or the emergency revert of one. */
  during: 'run' | 'revert';
  /** Which record or write it died at, counted from 1. */
  moment: number;
  /** Whether the cluster was not as before when it died. */
  wasIn: boolean;
  /** What the fresh process could not give back, or did not tell of. */
  lost: string[];
}

/** A cluster and a disk, which outlive every process. */
interface House {
  world: World;
  api: FakeApi;
  disk: Map<string, string>;
  before: Snapshot;
}

const SEED = 1;

function house(stage: Stage): House {
  const world = worldOf(stage, seededRandom(SEED));
  const { spec } = world.loaded.experiment;
  spec.hypothesis.recoveryTimeoutMs = 2_000;
  delete spec.injection.ttlMs;
  spec.steadyState.checks = [
    { type: 'resourceExists', apiVersion: 'v1', kind: 'ConfigMap', name: 'bystander', namespace: 'shop' },
  ];
  const api = fakeApi(world.objects, { kinds: kindsOf(world.objects) });
  return { world, api, disk: new Map(), before: snapshotOf(api, world) };
}

function process({ api, disk }: House, life: CrashPoint): { engine: Engine; clock: FakeClock } {
  const clock = fakeClock();
  const engine = createEngine(engineDeps({ api: crashingApi(api, life), clock, files: crashingFiles(disk, life) }));
  return { engine, clock };
}

/** Runs one process until it is done or dead; gives the number of moments it lived through. */
async function live(
  home: House,
  last: number | undefined,
  work: (engine: Engine) => Promise<unknown>,
): Promise<number> {
  const life = crashAt(last);
  const { engine, clock } = process(home, life);
  if ((await Promise.race([work(engine), life.dead])) === 'dead') clock.stop();
  return life.moments;
}

const run = (home: House) => (engine: Engine) => engine.run(home.world.loaded, { emit: () => undefined, soakMs: 500 });
const revert = async (engine: Engine) => engine.revert((await engine.scan({ deep: true })).injections);

/** Kills a process at every record and write of a run of this stage, and at every one of the revert of a run that died. */
export async function deaths(stage: Stage, every = 1): Promise<Death[]> {
  const all: Death[] = [];
  const whole = house(stage);
  const moments = await live(whole, undefined, run(whole));
  let deepest = 0;
  for (let moment = 1; moment <= moments; moment += every) {
    const home = house(stage);
    await live(home, moment, run(home));
    const wasIn = differences(home.before, snapshotOf(home.api, home.world)).length > 0;
    if (wasIn && deepest === 0) deepest = moment + 1;
    all.push({ stage: stage.name, during: 'run', moment, wasIn, lost: await aftermath(home, wasIn) });
  }
  if (deepest > 0) all.push(...(await deathsOfRevert(stage, deepest, every)));
  return all;
}

async function deathsOfRevert(stage: Stage, runDies: number, every: number): Promise<Death[]> {
  const all: Death[] = [];
  const stuck = async () => {
    const home = house(stage);
    await live(home, runDies, run(home));
    return home;
  };
  const moments = await live(await stuck(), undefined, revert);
  for (let moment = 1; moment <= moments; moment += every) {
    const home = await stuck();
    await live(home, moment, revert);
    const wasIn = differences(home.before, snapshotOf(home.api, home.world)).length > 0;
    all.push({ stage: stage.name, during: 'revert', moment, wasIn, lost: await aftermath(home, wasIn) });
  }
  return all;
}

/** What a fresh process finds and gives back. */
async function aftermath(home: House, wasIn: boolean): Promise<string[]> {
  const { engine } = process(home, crashAt());
  const told = (await engine.unfinished()).flatMap(one => one.written);
  const untold = wasIn && told.length === 0 ? ['no journal tells of what is in the cluster'] : [];
  const found = await engine.scan({ deep: true });
  const { remaining, blind, receipts } = await engine.revert(found.injections);
  const unproven =
    remaining === 0
      ? []
      : receipts.filter(receipt => !receipt.verified).map(receipt => `${receipt.id}: ${receipt.message}`);
  const stillOpen = (await engine.unfinished()).map(one => `the journal of ${one.run} is still open`);
  return [
    ...untold,
    ...unproven,
    ...blind.map(one => `blind to ${one.resource}: ${one.reason}`),
    ...differences(home.before, snapshotOf(home.api, home.world)),
    ...stillOpen,
  ];
}

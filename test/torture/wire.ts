import { seededLot } from '../../src/injection/lot.ts';
import { faultOf } from '../../src/injection/registry.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { connect } from '../../src/kube/connection.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan.ts';
import { scaleClock } from '../../src/run/clocks.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { oneOf } from './draw.ts';
import { wireWeather } from './http-weather.ts';
import { startProxy } from './proxy.ts';
import { differences } from './shot.ts';
import { inject, type Trial } from './trial.ts';
import { type Stage, worldOf } from './world.ts';
import { openYard } from './yard.ts';

/** Deadlines and pauses pass this much faster than on a real clock; the sandbox's time with them. */
const SPEED = 20;
/** Stages whose objects exist only together with others that the recordings do not hold, or that the sandbox's own controllers remake. */
const OWNED = ['owner-ref-orphan', 'pod-kill'];

/** The same torture over real connections: a proxy in front of the sandbox, the product's own client behind it. */
export async function wireTrials(stages: readonly Stage[], runs: number, seed: number): Promise<Trial[]> {
  const clock = scaleClock(systemClock, SPEED);
  const yard = await openYard(clock, SPEED);
  const trials: Trial[] = [];
  const fit = stages.filter(({ name }) => !OWNED.includes(name));
  for (let run = 0; run < runs; run += 1) {
    const stage = fit[run % fit.length];
    if (stage === undefined) break;
    const lot = seededLot(seed + run);
    const world = worldOf(stage, lot);
    const made = await yard.furnish(world.objects);
    const refs = made.map(({ uid: _uid, ...ref }) => ref);
    const before = await yard.shot(refs);
    let isOn = true;
    const weather = wireWeather(lot, oneOf(lot, [0.1, 0.2, 0.3]), () => isOn);
    const proxy = await startProxy(yard.url, weather.meet);
    const connected = await connect({ server: proxy.url, token: yard.token, ca: proxy.certificate, clock });
    if (!connected.ok) throw new Error(connected.message);
    const api = connected.value;
    const journal = memoryJournal();
    const injected = await inject(api, world, { api, clock, journal }, lot);
    const deps = {
      clock,
      journal,
      faultOf,
    };
    const found = await scan({ ...deps, api }, { deep: true });
    const first = await revertAll({ ...deps, api }, found.injections);
    const isAllBack = first.remaining + first.blind.length + found.blind.length + first.appeared.length === 0;
    isOn = false;
    const isPodKill = world.type === 'PodKill';
    const falselyVerified = isAllBack && !isPodKill ? differences(before, await yard.shot(refs)) : [];
    const calm = await revertAll(
      { ...deps, api: yard.api },
      (await scan({ ...deps, api: yard.api }, { deep: true })).injections,
    );
    const unproven = calm.receipts
      .filter(receipt => !receipt.verified)
      .map(receipt => `${receipt.id}: ${receipt.message}`);
    const lost = [...unproven, ...(isPodKill ? [] : differences(before, await yard.shot(refs)))];
    trials.push({
      seed: seed + run,
      stage: stage.name,
      type: world.type,
      injected: injected?.state === 'injected',
      lost,
      falselyVerified,
      struck: weather.struck,
    });
    await api.close();
    await proxy.close();
    await yard.clear(made);
  }
  await yard.close();
  return trials;
}

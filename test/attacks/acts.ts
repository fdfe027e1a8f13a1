import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from '../e2e/providers/kubectl.ts';
import type { Scene } from './attack.ts';

/** The admin puts everything back without being asked. */
export const revertAll = (scene: Scene): Promise<Ended> => scene.mayday(['revert', '--all', '--yes']);

/** The same, over what somebody changed since. */
export const revertForced = (scene: Scene): Promise<Ended> =>
  scene.mayday(['revert', '--all', '--yes', '--force-diverged']);

const REAPER_MS = 8_000;
const LOOK_MS = 100;
/** More than the pause between two of its looks: what it began with the first word is done, or has failed, by then. */
const ROUND_MS = 1_500;
/** How the reaper tells what became of an injection. */
const OUTCOMES = ['reverted', 'already-restored', 'gone', 'stripped', 'diverged', 'unconfirmed', 'failed', 'broken'];

/** The reaper looks until it told of something in the namespace of the scene, or for 8 s; then it is told to end. */
export async function reaperLooks(scene: Scene): Promise<Ended> {
  const reaper = scene.start(['reaper', '--interval', '1s', '--grace', '1s']);
  const isHere = (said: object) => JSON.stringify(said).includes(scene.namespace);
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  // Rejected by a reaper that ends by itself, which is over too.
  Promise.any(OUTCOMES.map(name => reaper.event(name, isHere))).then(() => sleep(ROUND_MS).then(over), over);
  for (const deadline = performance.now() + REAPER_MS; !isOver && performance.now() < deadline; ) await sleep(LOOK_MS);
  reaper.signal('SIGTERM');
  return reaper.ended;
}

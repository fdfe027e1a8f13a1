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

/** The reaper looks until it told of something in the namespace of the scene, or for 8 s; then it is told to end. */
export async function reaperLooks(scene: Scene): Promise<Ended> {
  const reaper = scene.start(['reaper', '--interval', '1s', '--grace', '1s']);
  const told = reaper.event('any', said => JSON.stringify(said).includes(scene.namespace)).catch(() => undefined);
  let isOver = false;
  void told.then(() => {
    isOver = true;
  });
  for (const deadline = performance.now() + REAPER_MS; !isOver && performance.now() < deadline; ) await sleep(LOOK_MS);
  reaper.signal('SIGTERM');
  return reaper.ended;
}

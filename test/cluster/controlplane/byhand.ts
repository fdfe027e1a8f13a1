/** The cluster that a person keeps by hand: one per user of this machine, held by a process of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clustersFolder, isAlive } from './folders.ts';

export const byHandFolder = (): string => join(clustersFolder(), 'by-hand');

/** Where the keeper says what happened, beside the folder because starting empties that. */
export const keeperLog = (): string => join(clustersFolder(), 'by-hand.log');

/** What the keeper writes to `ready.json` once the cluster is up. */
export interface Ready {
  readonly keeper: number;
  readonly kubeconfig: string;
  readonly server: string;
  readonly logs: string;
}

export const readyFile = (): string => join(byHandFolder(), 'ready.json');

/** The cluster that is up, or undefined. */
export function byHandCluster(): Ready | undefined {
  if (!existsSync(readyFile())) return undefined;
  const ready = JSON.parse(readFileSync(readyFile(), 'utf8')) as Ready;
  return isAlive(ready.keeper) ? ready : undefined;
}

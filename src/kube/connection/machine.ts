import { homedir } from 'node:os';
import { readRegular } from '../../host/disk/regular.ts';
import type { KeyedQueue } from '../../host/keyed-queue.ts';
import type { LoopLoad } from '../../host/loop-load.ts';
import type { Machine } from './kubeconfig.ts';

/** What the connections of one process to many clusters share. */
export interface SharedByConnections {
  machine: Machine;
  /** How many clusters there are. */
  clusters: number;
  /** How busy the process is: each connection limits its requests by it. Without it there is no such limit. */
  load?: LoopLoad;
  /** Reverts through several contexts of one cluster run one after the other: each would also find the injections of the other. */
  revertQueue: KeyedQueue;
}

/** The machine for many connections: a kubeconfig is parsed once for all of them, as long as its text is the same. */
export const sharedMachine = (): Machine => ({ ...thisMachine(), parsed: new Map() });

/** The machine that this process runs on. */
export const thisMachine = (): Machine => ({
  env: process.env,
  home: process.env.HOME || homedir(),
  read: async path => {
    const reading = readRegular(path);
    if (reading.is === 'refused') throw new Error(reading.why);
    return reading.is === 'text' ? reading.text : undefined;
  },
});

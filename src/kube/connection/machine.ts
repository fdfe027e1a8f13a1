import { homedir } from 'node:os';
import { readRegular } from '../../host/disk/regular.ts';
import type { Machine } from './kubeconfig.ts';

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

import { faultOf } from '../faults/registry.ts';
import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Api } from '../kube/client/api.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { IsAlive } from '../records/unfinished.ts';
import type { RevertDeps } from '../revert/deps.ts';
import type { RunDeps } from '../run/deps.ts';
import type { KeyRead } from '../safety/record-key.ts';
import type { Guard } from './guard.ts';
import type { Locks } from './operator-lock.ts';

/** Everything that the engine needs from outside; it uses no globals. */
export interface EngineDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  files: Files;
  /** Folder of journals and records. */
  stateDir: string;
  host: string;
  pid: number;
  processStart?: string;
  version: string;
  isAlive: IsAlive;
  gates: RunDeps['gates'];
  /** Locks the operator under test during a run, against other injectors; without it no lock is taken. */
  locks?: Locks;
  /** The guardian: reverts if this process no longer can. Without it nobody else does. */
  guard?: Guard;
  /** Sends notices about runs; without it none are sent. */
  notifier?: Pick<Notifier, 'onRunEvent' | 'send'>;
  /** The key that signs records. Without it they are not signed, and more restores need a person's confirmation. */
  recordKey?: RecordKey;
}

export interface RecordKey {
  read(): Promise<KeyRead>;
  /** Creates the key if it does not exist and we may create it. */
  make(): Promise<KeyRead>;
}

/** The dependencies to read injections without writing anything. */
export const readOnlyDeps = ({ api, clock }: Pick<EngineDeps, 'api' | 'clock'>): RevertDeps => ({
  api,
  clock,
  faultOf,
  journal: NO_JOURNAL,
});

const NO_JOURNAL: Journal = { append: () => Promise.resolve() };

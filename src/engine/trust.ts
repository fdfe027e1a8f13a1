import { injectedHere, isInjectedHere } from '../records/injected-here.ts';
import { journals } from '../records/unfinished.ts';
import { isOfExperiment, readExperiments } from '../revert/trust/experiments.ts';
import { type Trust, trustOf } from '../revert/trust/judge.ts';
import { messageOf } from '../text/message-of.ts';
import type { EngineDeps } from './deps.ts';
import type { Identity } from './identity.ts';

/** The trust of this machine, and why existing journals are not trusted. */
export type TrustHere = Trust & { untrusted?: string };

/** Reads the evidence by which undo records are trusted: the key, the journals of this machine, the framework's experiments. */
export async function readTrust(
  { api, files, stateDir, recordKey }: EngineDeps,
  identity: Identity,
): Promise<TrustHere> {
  const journalsHere = async () => journals(files, stateDir, await identity.here());
  const [read, kept, experiments] = await Promise.all([
    recordKey?.read(),
    journalsHere().catch((error: unknown) => ({ read: [], untrusted: [messageOf(error)] })),
    readExperiments(api).catch(() => []),
  ]);
  const journalled = injectedHere(kept.read);
  const [first, ...more] = kept.untrusted;
  return {
    ...(read === undefined ? {} : trustOf(read)),
    ...(first === undefined
      ? {}
      : { untrusted: more.length === 0 ? first : `${first} (and ${more.length} more like it)` }),
    corroborates(finding) {
      if (isInjectedHere(finding, journalled)) return 'journal';
      return isOfExperiment(finding, experiments) ? 'experiment' : undefined;
    },
  };
}

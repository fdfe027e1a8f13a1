import { disk } from '../../experiment/files.ts';
import { FAULT_TYPES } from '../../faults/types.ts';
import { contextsReader } from '../../kube/connection/contexts.ts';
import { pastNames } from '../../report/past.ts';
import { paths } from '../../runtime/paths.ts';
import { RULES } from '../../triage/rules/index.ts';
import { scenarioCandidates } from '../sandbox/scenarios.ts';
import type { Candidate, ValueName } from './candidates.ts';

/** How many records of runs are offered, the newest first. */
const MOST_RECORDS = 50;

/** The values of each kind. `kubeconfig` is that of the command line. Where something cannot be read, nothing is offered. */
export async function valuesOf(name: ValueName, kubeconfig: string | undefined): Promise<readonly Candidate[]> {
  switch (name) {
    case 'contexts': {
      const known = await contextsReader(kubeconfig)();
      return known.ok ? known.contexts.map(({ name, server }) => ({ value: name, says: server })) : [];
    }
    case 'scenarios':
      return scenarioCandidates();
    case 'rules':
      return RULES.map(({ id, about }) => ({ value: id, says: about.looksAt }));
    case 'types':
      return FAULT_TYPES.map(value => ({ value }));
    case 'records':
      return pastNames({ disk, stateDir: paths(process.env).state }, MOST_RECORDS).map(({ id, kind }) => ({
        value: id,
        says: kind,
      }));
  }
}

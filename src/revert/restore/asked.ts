import type { Restore } from '../../faults/contract.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Decision } from '../scan/classify.ts';
import type { End } from './end.ts';
import { isBackupFinding, isOn } from './stages.ts';
import { strippingWrite } from './strip-marks.ts';

/** The end of a restore that a person must decide about: the three values, and what each choice does. */
export function asked(decision: Decision, restore: Extract<Restore, { is: 'diverged' }>): End {
  const { original, injected, live, says } = restore;
  const values = `original ${original}, injected ${injected}, now ${live}`;
  return {
    outcome: 'diverged',
    verified: false,
    message: `${says}: ${values}; --force-diverged ${whatForceDoes(decision, restore)}, ${howToKeep(decision)}`,
  };
}

function whatForceDoes({ finding }: Decision, { lost, writes }: Extract<Restore, { is: 'diverged' }>): string {
  if (lost !== undefined) return 'restores what can still be restored and removes the marks';
  const deletes = writes.some(write => write.verb === 'delete' && isOn(write, finding));
  return deletes && !isBackupFinding(finding) ? `deletes ${nameOf(finding.object)}` : 'restores the original';
}

/** How to keep the current value. Only marks can be removed by mayday; a backup, or an object that the injection created, must be changed by hand. */
function howToKeep(decision: Decision): string {
  const { finding } = decision;
  if (strippingWrite(decision) !== undefined) return '--strip-marks keeps the current value';
  return isBackupFinding(finding)
    ? `to keep the current value delete ${nameOf(finding.object)} by hand`
    : `to keep it remove its labels and annotations of chaos.operatorchaos.io by hand`;
}

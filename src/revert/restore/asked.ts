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
  if (lost !== undefined) return 'puts back what still can be and takes the marks off';
  const deletes = writes.some(write => write.verb === 'delete' && isOn(write, finding));
  return deletes && !isBackupFinding(finding) ? `deletes ${nameOf(finding.object)}` : 'puts the original back';
}

/** Marks alone are taken off where nothing else belongs to the injection: a backup, and an object that it created, need a person's hand. */
function howToKeep(decision: Decision): string {
  const { finding } = decision;
  if (strippingWrite(decision) !== undefined) return '--strip-marks keeps what is there';
  return isBackupFinding(finding)
    ? `to keep what is there delete ${nameOf(finding.object)} by hand`
    : `to keep it take its labels and annotations of chaos.operatorchaos.io off by hand`;
}

import type { MendEnd, MendPlan } from '../console/screens/mend/view.ts';
import { mend, type Prepared, prepareMend } from '../engine/mend.ts';
import type { Api } from '../kube/client/api.ts';
import { mendDepsFor } from '../runtime/mending.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { Finding } from '../triage/finding.ts';
import { remediesOf } from '../triage/remedies/index.ts';
import { nameText } from '../triage/report/about.ts';
import { findingId } from '../triage/result.ts';
import { receiptLines } from './fix-receipt.ts';

const clean = (text: string): Clean => sanitise(text, 600);

/** Plans a fix of a finding: the one that is named, else the first that can be done. Throws one line where there is none. */
async function prepared(api: Api, finding: Finding, fix: string | undefined): Promise<Prepared> {
  const fitting = remediesOf(finding).filter(({ name }) => fix === undefined || name === fix);
  let why = `mayday cannot mend this itself: ${finding.fixes[0]?.text ?? `mayday explain ${finding.rule} says what to do`}`;
  for (const remedy of fitting) {
    const made = await prepareMend(api, finding, remedy);
    if (!('refusal' in made)) return made;
    why = made.refusal;
  }
  throw new Error(why);
}

/** What a fix would write, for a person to see. */
export async function planMend(api: Api, finding: Finding, fix: string | undefined): Promise<MendPlan> {
  const { remedy, plan } = await prepared(api, finding, fix);
  return {
    finding: findingId(finding),
    fix: remedy.name,
    object: nameText(finding.object),
    about: clean(remedy.about),
    writes: plan.writes.map(({ verb, says }) => clean(`${verb}  ${says}`)),
    warnings: plan.warnings.map(clean),
    undo: clean(plan.undo),
    others: remediesOf(finding)
      .map(({ name }) => name)
      .filter(name => name !== remedy.name),
  };
}

/** Plans once more on what the object is now, refuses where that is no longer what was shown, and does it. */
export async function doMend(runtime: Runtime, api: Api, finding: Finding, shown: MendPlan): Promise<MendEnd> {
  const now = await planMend(api, finding, shown.fix);
  if (now.writes.join('\n') !== shown.writes.join('\n'))
    throw new Error('the object has changed since the fix was shown; nothing was written: look at it again');
  const receipt = await mend(await mendDepsFor(runtime, api), await prepared(api, finding, shown.fix));
  return { isDone: receipt.outcome === 'done', lines: receiptLines(receipt).map(clean) };
}

import type { FixEnd, FixPlan } from '../../console/screens/fix/view.ts';
import { applyFix, type Prepared, prepareFix } from '../../engine/fix.ts';
import { saysAfterVerb } from '../../injection/write/says.ts';
import type { Api } from '../../kube/client/api.ts';
import { fixDepsFor } from '../../runtime/fix-deps.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { changedBy, remediesOf } from '../../triage/remedies/index.ts';
import type { Remedy } from '../../triage/remedies/remedy.ts';
import { nameText } from '../../triage/report/about.ts';
import { receiptLines } from '../fix/receipt.ts';

const clean = (text: string): Clean => sanitise(text, 600);

/** Plans a fix of a finding: the named one, else the first that is possible. Throws an error with a one-line message where there is none. */
async function prepared(api: Api, finding: Finding, fix: string | undefined): Promise<Prepared> {
  const fitting = remediesOf(finding).filter(({ name }) => fix === undefined || name === fix);
  const byHand = finding.fixes[0]?.text ?? `mayday explain ${finding.rule} says what to do`;
  let why = `mayday cannot fix this by itself. What you can do: ${byHand}`;
  for (const remedy of fitting) {
    const made = await prepareFix(api, finding, remedy);
    if (!('refusal' in made)) return made;
    why = made.refusal;
  }
  throw new Error(why);
}

/** What a fix would write, as lines for the screen. */
export async function planFix(api: Api, finding: Finding, fix: string | undefined): Promise<FixPlan> {
  const { remedy, plan } = await prepared(api, finding, fix);
  return {
    finding: findingId(finding),
    fix: remedy.name,
    object: nameText(changedBy(remedy, finding)),
    about: clean(remedy.about),
    writes: plan.writes.map(write => clean(`${write.verb}  ${saysAfterVerb(write)}`)),
    warnings: plan.warnings.map(clean),
    undo: clean(plan.undo),
    others: otherFixes(remediesOf(finding), remedy),
  };
}

/** The names of the others, from the one that comes after this one on: asking for the first again and again reaches each. */
function otherFixes(all: readonly Remedy[], { name }: Remedy): string[] {
  const names = all.map(each => each.name);
  const at = names.indexOf(name);
  return [...names.slice(at + 1), ...names.slice(0, at)];
}

/** Plans again on the present object, and applies the fix. Throws where the plan differs from the one that was shown. */
export async function applyFixAsShown(runtime: Runtime, api: Api, finding: Finding, shown: FixPlan): Promise<FixEnd> {
  const now = await planFix(api, finding, shown.fix);
  if (now.writes.join('\n') !== shown.writes.join('\n'))
    throw new Error('the object has changed since the fix was shown; nothing was written: look at it again');
  const receipt = await applyFix(await fixDepsFor(runtime, api), await prepared(api, finding, shown.fix));
  return { isDone: receipt.outcome === 'done', lines: receiptLines(receipt).map(clean) };
}

import type { FixEnd, FixPlan } from '../../console/screens/fix/view.ts';
import { applyFix, prepareFix, recreateSaved } from '../../engine/fix.ts';
import { stopGap } from '../../engine/stop-gap.ts';
import { saysAfterVerb } from '../../injection/write/says.ts';
import type { Api } from '../../kube/client/api.ts';
import { fixDepsFor } from '../../runtime/fix-deps.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { canIgnore } from '../../triage/remedies/dead-hooks.ts';
import { changedBy, remediesOf } from '../../triage/remedies/index.ts';
import type { Remedy } from '../../triage/remedies/remedy.ts';
import { nameText } from '../../triage/report/about.ts';
import { gapLines } from '../fix/ignore.ts';
import { readSaved } from '../fix/put-back.ts';
import { receiptLines } from '../fix/receipt.ts';
import { planIgnore } from '../fix/stop-gap-plan.ts';

const clean = (text: string): Clean => sanitise(text, 600);

/** One way to fix a finding, or one that follows from it: by a remedy, or, without one, by keeping its dead webhooks from blocking for a while. */
interface FixOption {
  name: string;
  finding: Finding;
  remedy?: Remedy;
}

/** What an option does, in a few words. */
const titleOf = ({ finding, remedy }: FixOption): Clean =>
  clean(
    remedy === undefined
      ? `let requests through for a while without ${nameText(finding.object)}`
      : `${remedy.title} ${nameText(changedBy(remedy, finding))}`,
  );

/** A fix planned on the present state of the cluster. */
interface Planned {
  shown: FixPlan;
  apply(): Promise<FixEnd>;
}

/** Every option, best first. A finding that follows from the root is fixed with it; until then a webhook that blocks can be ignored. */
function fixOptionsOf(root: Finding, follows: readonly Finding[]): FixOption[] {
  const own = remediesOf(root).map(remedy => ({ name: remedy.name, finding: root, remedy }));
  const ignored = [root, ...follows].filter(canIgnore).map(finding => ({ name: ignoreName(root, finding), finding }));
  const names = new Set<string>();
  return [...own, ...ignored].filter(({ name }) => !names.has(name) && names.add(name));
}

function ignoreName(root: Finding, { object: { kind, name } }: Finding): string {
  const isOwn = root.object.kind === kind && root.object.name === name;
  return isOwn ? IGNORE : `${IGNORE}:${kind.replace('WebhookConfiguration', '').toLowerCase()}:${name}`;
}
const IGNORE = 'ignore';

/** Plans the option that was asked for, else the first that is possible. Throws an error with a one-line message where there is none. */
async function planned(
  runtime: Runtime,
  api: Api,
  { finding, follows, fix }: { finding: Finding; follows: readonly Finding[]; fix: string | undefined },
): Promise<Planned> {
  const options = fixOptionsOf(finding, follows);
  const isAsked = ({ name }: FixOption): boolean =>
    fix === undefined || name === fix || (fix === IGNORE && name.startsWith(`${IGNORE}:`));
  const byHand = finding.fixes[0]?.text ?? `mayday explain ${finding.rule} says what to do`;
  let why = `mayday cannot fix this by itself. What you can do: ${byHand}`;
  for (const way of options.filter(isAsked)) {
    const others = othersOf(options, way);
    const made =
      way.remedy === undefined
        ? await planGap(runtime, api, way, others)
        : await planRemedy(runtime, api, { ...way, remedy: way.remedy }, others);
    if (!('refusal' in made)) return made;
    why = made.refusal;
  }
  throw new Error(why);
}

async function planRemedy(
  runtime: Runtime,
  api: Api,
  { finding, remedy }: Required<FixOption>,
  others: FixPlan['others'],
): Promise<Planned | { refusal: string }> {
  const prepared = await prepareFix(api, finding, remedy);
  if ('refusal' in prepared) return prepared;
  const { plan } = prepared;
  return {
    shown: {
      finding: findingId(finding),
      fix: remedy.name,
      title: titleOf({ name: remedy.name, finding, remedy }),
      about: clean(remedy.about),
      writes: plan.writes.map(write => clean(`${write.verb}  ${saysAfterVerb(write)}`)),
      warnings: plan.warnings.map(clean),
      undo: clean(plan.undo),
      others,
    },
    async apply() {
      const receipt = await applyFix(await fixDepsFor(runtime, api), prepared);
      const { outcome, saved } = receipt;
      return {
        isDone: outcome === 'done',
        lines: receiptLines(receipt).map(clean),
        ...(outcome === 'done' && saved !== undefined && { saved }),
      };
    },
  };
}

async function planGap(
  runtime: Runtime,
  api: Api,
  { name, finding }: FixOption,
  others: FixPlan['others'],
): Promise<Planned | { refusal: string }> {
  const ignoring = await planIgnore(runtime, api, finding);
  if ('refusal' in ignoring) return ignoring;
  const { gap, plan, names, about, keeper } = ignoring;
  return {
    shown: {
      finding: findingId(finding),
      fix: name,
      title: titleOf({ name, finding }),
      about: clean(`A stop-gap: ${about}.`),
      writes: plan.writes.map(write => clean(`${write.verb}  ${saysAfterVerb(write)}`)),
      warnings: keeper === undefined ? [] : [clean(keeper)],
      undo: clean('it is among the live faults: reverting it there restores the policy earlier'),
      others,
    },
    async apply() {
      const result = await stopGap(gap, plan, names);
      return { isDone: result.outcome === 'done', lines: gapLines(result).map(clean) };
    },
  };
}

/** The other options, beginning after this one, so that asking for the first again and again reaches each. */
function othersOf(all: readonly FixOption[], { name }: FixOption): FixPlan['others'] {
  const at = all.findIndex(each => each.name === name);
  return [...all.slice(at + 1), ...all.slice(0, at)].map(option => ({ fix: option.name, title: titleOf(option) }));
}

/** What a fix would write, as lines for the screen. */
export async function planFix(
  runtime: Runtime,
  api: Api,
  finding: Finding,
  fix: string | undefined,
  follows: readonly Finding[],
): Promise<FixPlan> {
  return (await planned(runtime, api, { finding, follows, fix })).shown;
}

/** Plans again on the present object, and applies the fix. Throws where the plan differs from the one that was shown. */
export async function applyFixAsShown(
  runtime: Runtime,
  api: Api,
  finding: Finding,
  shown: FixPlan,
  follows: readonly Finding[],
): Promise<FixEnd> {
  const now = await planned(runtime, api, { finding, follows, fix: shown.fix });
  if (now.shown.fix !== shown.fix || now.shown.writes.join('\n') !== shown.writes.join('\n'))
    throw new Error('the object has changed since the fix was shown; nothing was written: look at it again');
  return now.apply();
}

/** Creates again what a fix saved and deleted, unless an object of that name exists. */
export async function putBack(runtime: Runtime, api: Api, path: string): Promise<FixEnd> {
  const receipt = await recreateSaved(await fixDepsFor(runtime, api), readSaved(path));
  return { isDone: receipt.outcome === 'done', lines: receiptLines(receipt).map(clean) };
}

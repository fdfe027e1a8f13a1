import { applyFix, type FixDeps, type Prepared, prepareFix } from '../../engine/fix.ts';
import { restrictionFor } from '../../health/view/confined.ts';
import { saysAfterVerb } from '../../injection/write/says.ts';
import { fixDepsFor } from '../../runtime/fix-deps.ts';
import { isProtected } from '../../runtime/settings.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { canIgnore } from '../../triage/remedies/dead-hooks.ts';
import { changedBy, remediesOf } from '../../triage/remedies/index.ts';
import type { Remedy } from '../../triage/remedies/remedy.ts';
import { nameText } from '../../triage/report/about.ts';
import { RULES } from '../../triage/rules/index.ts';
import { lookOnce } from '../../triage/run/look.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNoticeItem } from '../output/notice.ts';
import { print } from '../output/output.ts';
import { revertCommand } from '../revert/revert.ts';
import { withCluster } from '../session.ts';
import { ignoreHooks } from './ignore.ts';
import { putBackCommand } from './put-back.ts';
import { consent, receiptExit, receiptLines } from './receipt.ts';
import { chosenFinding, chosenRemedy } from './target.ts';

/**
 * `mayday fix FINDING` or `mayday fix RULE OBJECT`: runs triage, plans, asks, writes through the executor, reads again. Exit 0 when it is done
 * and verified, 4 when it is not done, 7 when that is not known.
 */
export const fixCommand: CommandBody = async invocation => {
  const { globals, args, options } = invocation;
  if (typeof options.putBack === 'string') return putBackCommand(invocation, options.putBack);
  const asked = text(args[0]);
  if (asked === undefined)
    throw new CommandFailure('expected the id of a finding, or a rule and an object: `mayday triage` shows them');
  const revertId = { found: undefined as string | undefined };
  const code = await withCluster(globals, async (api, runtime) => {
    const onlyNamespace = await restrictionFor(api, globals.namespace);
    const looked = await lookOnce(api, runtime.realClock, RULES, undefined, { onlyNamespace });
    const namespace = globals.namespace ?? api.identity.namespace;
    const finding = chosenFinding(looked, asked, text(args[1]), namespace);
    revertId.found = injectionOf(finding.fixes.map(fix => fix.command));
    if (finding.rule.startsWith('chaos/') && revertId.found !== undefined) return EXIT.done;
    revertId.found = undefined;
    if (isToIgnore(finding, text(options.do))) return ignoreHooks(invocation, finding, api, runtime);
    const remedy = chosenRemedy(finding, text(options.do));
    const prepared = await prepareFix(api, finding, remedy);
    if ('refusal' in prepared) throw new CommandFailure(`${prepared.refusal}; nothing was changed`, EXIT.failed);
    const isDry = options.dryRun === true || globals.readOnly === true || runtime.config.readOnly;
    if (isDry) {
      print(planJson(prepared), globals, () => planLines(prepared));
      return EXIT.done;
    }
    for (const line of planLines(prepared)) printNoticeItem(line);
    const context = isProtected(api.identity.context, runtime.config.protected) ? api.identity.context : undefined;
    await consent(invocation, context);
    return finish(invocation, await fixDepsFor(runtime, api), prepared);
  });
  // A finding about an injection is fixed by the revert command, with its own questions and receipts.
  if (revertId.found === undefined) return code;
  const { yes, dryRun } = options;
  return revertCommand({ ...invocation, args: [[revertId.found]], options: { yes, dryRun } });
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Whether `ignore` was asked for by name, or is the only fix that mayday has. */
const isToIgnore = (finding: Finding, name: string | undefined): boolean =>
  canIgnore(finding) && (name === 'ignore' || (name === undefined && remediesOf(finding).length === 0));

/** The id of the injection that the finding's own command would revert. */
const injectionOf = (commands: readonly (string | undefined)[]): string | undefined =>
  commands.map(command => /^mayday\b.* revert (\S+)/.exec(command ?? '')?.[1]).find(id => id && !id.startsWith('-'));

async function finish({ globals }: Invocation, deps: FixDeps, prepared: Prepared): Promise<ExitCode> {
  const receipt = await applyFix(deps, prepared);
  print(receipt, globals, () => receiptLines(receipt));
  return receiptExit(receipt);
}

function planLines({ finding, remedy, plan }: Prepared): string[] {
  const others = insteadOf(finding, remedy);
  return [
    `${nameText(finding.object)}: ${finding.summary}`,
    `${remedy.name}: ${remedy.about}${remedy.on === undefined ? '' : ` (${nameText(remedy.on)})`}`,
    ...plan.writes.map(write => `  ${write.verb}  ${saysAfterVerb(write)}`),
    ...plan.warnings.map(warning => `  but: ${warning}`),
    `  undo: ${plan.undo}`,
    ...(others.length === 0 ? [] : [`  instead: ${others.map(each => `--do ${each}`).join(', ')}`]),
  ];
}

const insteadOf = (finding: Finding, remedy: Remedy): string[] => [
  ...remediesOf(finding).flatMap(each => (each.name === remedy.name ? [] : [each.name])),
  ...(canIgnore(finding) ? ['ignore'] : []),
];

const planJson = ({ finding, remedy, plan }: Prepared) => ({
  finding: findingId(finding),
  rule: finding.rule,
  object: changedBy(remedy, finding),
  fix: remedy.name,
  about: remedy.about,
  reversible: remedy.isReversible,
  ...plan,
  instead: insteadOf(finding, remedy),
});

import { planStopGap, stopGap } from '../../engine/stop-gap.ts';
import { saysAfterVerb } from '../../injection/write/says.ts';
import type { Api } from '../../kube/client/api.ts';
import { stopGapFor } from '../../runtime/fix-deps.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { isProtected } from '../../runtime/settings.ts';
import { age } from '../../text/duration.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { blockingHooks } from '../../triage/remedies/dead-hooks.ts';
import { keeperOf } from '../../triage/remedies/remedy.ts';
import { nameText } from '../../triage/report/about.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { durationOption } from '../number.ts';
import { printNoticeItem } from '../output/notice.ts';
import { print } from '../output/output.ts';
import { consent } from './receipt.ts';

const TTL_MS = 15 * 60_000;

/**
 * `mayday fix … --do ignore`: for a limited time, keeps dead webhooks from blocking. The original policy is recorded on the configuration, and a
 * guardian restores it when the time is over; `mayday revert ID` does so earlier.
 */
export async function ignoreHooks(
  invocation: Invocation,
  finding: Finding,
  api: Api,
  runtime: Runtime,
): Promise<ExitCode> {
  const { globals, options } = invocation;
  const ttlMs = durationOption(options.ttl, 'ttl') ?? TTL_MS;
  const got = await api.get(finding.object);
  if (!got.ok) throw new CommandFailure(`${got.message}; nothing was changed`, EXIT.failed);
  const configuration = { ...got.value, apiVersion: finding.object.apiVersion, kind: finding.object.kind };
  const only = typeof options.webhook === 'string' ? options.webhook : undefined;
  const names = blockingHooks(configuration, finding, only);
  if ('refusal' in names) throw new CommandFailure(`${names.refusal}; nothing was changed`);
  const gap = await stopGapFor(runtime, api, `fix-${findingId(finding)}`, ttlMs);
  const plan = planStopGap(gap, configuration, names);
  if ('refusal' in plan) throw new CommandFailure(`${plan.refusal}; nothing was changed`, EXIT.failed);
  const keeper = keeperOf(configuration);
  const lines = [
    `${nameText(finding.object)}: ${finding.summary}`,
    `ignore: for ${age(ttlMs)} nothing is validated or changed by ${names.join(', ')}; then its policy is put back`,
    ...plan.writes.map(write => `  ${write.verb}  ${saysAfterVerb(write)}`),
    ...(keeper === undefined ? [] : [`  but: ${keeper}`]),
  ];
  if (options.dryRun === true || globals.readOnly === true || runtime.config.readOnly) {
    print(
      { finding: findingId(finding), fix: 'ignore', webhooks: names, ttlMs, writes: plan.writes },
      globals,
      () => lines,
    );
    return EXIT.done;
  }
  for (const line of lines) printNoticeItem(line);
  const { context } = api.identity;
  await consent(invocation, isProtected(context, runtime.config.protected) ? context : undefined);
  const result = await stopGap(gap, plan, names);
  const words = { done: 'done, read back', 'not done': 'NOT DONE', unknown: 'NOT KNOWN whether done' }[result.outcome];
  const until = result.restoredAt === undefined ? '' : `until ${new Date(result.restoredAt).toISOString()}; `;
  const json = {
    ...result,
    finding: findingId(finding),
    fix: 'ignore',
    object: finding.object,
    webhooks: names,
    undo: plan.id,
  };
  print(json, globals, () => [
    `${words}: ${result.message}`,
    ...(result.outcome === 'not done'
      ? []
      : [`${until}${result.guard}`, 'undo: mayday revert, with the id that mayday scan shows']),
  ]);
  if (result.outcome === 'done') return EXIT.done;
  return result.outcome === 'unknown' ? EXIT.residue : EXIT.failed;
}

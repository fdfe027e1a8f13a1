import { type StopGapped, stopGap } from '../../engine/stop-gap.ts';
import { saysAfterVerb } from '../../injection/write/says.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { isProtected } from '../../runtime/settings.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { nameText } from '../../triage/report/about.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { durationOption } from '../number.ts';
import { printNoticeItem } from '../output/notice.ts';
import { print } from '../output/output.ts';
import { consent } from './receipt.ts';
import { IGNORE_MS, planIgnore } from './stop-gap-plan.ts';

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
  const ttlMs = durationOption(options.ttl, 'ttl') ?? IGNORE_MS;
  const only = typeof options.webhook === 'string' ? options.webhook : undefined;
  const planned = await planIgnore(runtime, api, finding, { ttlMs, only });
  if ('refusal' in planned)
    throw new CommandFailure(`${planned.refusal}; nothing was changed`, planned.isUsage ? EXIT.usage : EXIT.failed);
  const { gap, plan, names, about, keeper } = planned;
  const lines = [
    `${nameText(finding.object)}: ${finding.summary}`,
    `ignore: ${about}`,
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
  const json = {
    ...result,
    finding: findingId(finding),
    fix: 'ignore',
    object: finding.object,
    webhooks: names,
    undo: plan.id,
  };
  print(json, globals, () => gapLines(result));
  if (result.outcome === 'done') return EXIT.done;
  return result.outcome === 'unknown' ? EXIT.residue : EXIT.failed;
}

/** What became of a stop-gap, as lines for people. */
export function gapLines({ outcome, message, restoredAt, guard }: StopGapped): string[] {
  const words = { done: 'done, read back', 'not done': 'NOT DONE', unknown: 'NOT KNOWN whether done' }[outcome];
  const until = restoredAt === undefined ? '' : `until ${new Date(restoredAt).toISOString()}; `;
  return [
    `${words}: ${message}`,
    ...(outcome === 'not done' ? [] : [`${until}${guard}`, 'undo: mayday revert, with the id that mayday scan shows']),
  ];
}

import type { Plan } from '../faults/contract.ts';
import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import { injectable, isRefusal } from '../injection/plan/refuse.ts';
import { victimPlan } from '../injection/plan/victim-plan.ts';
import { execute } from '../injection/write/executor.ts';
import { JournalUnwritable } from '../injection/write/journal.ts';
import { pointer, set, test } from '../k8s/json-patch.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import { failurePolicyOf, webhooksOf } from '../k8s/webhooks.ts';
import type { Api } from '../kube/client/api.ts';
import { openJournal, type RunHeader } from '../records/journal.ts';
import { signedPlan } from '../revert/trust/sign-plan.ts';
import type { KeyRead } from '../safety/record-key.ts';
import type { Guard } from './guard.ts';

/** The options and dependencies of a stop-gap, which sets webhooks to failurePolicy Ignore for a limited time. */
export interface StopGap {
  api: Api;
  clock: Clock;
  files: Files;
  stateDir: string;
  header: Omit<RunHeader, 'experiment'>;
  /** The guardian that restores the policy after the TTL, even if this process has died; without it nothing restores the policy by itself. */
  guard: Guard | undefined;
  /** The key that signs the record. */
  key(): Promise<KeyRead | undefined>;
  random: () => number;
  by: string;
  /** The finding that it is for, named in the record. */
  why: string;
  ttlMs: number;
}

const TYPE = 'WebhookDisrupt';

/**
 * Plans failurePolicy Ignore for some webhooks of a configuration. The undo record is that of a WebhookDisrupt injection, so that scan,
 * revert, guardian and reaper recognise it, and nothing is injected on top of it.
 */
export function planStopGap(
  gap: StopGap,
  configuration: KubeObject,
  names: readonly string[],
): Plan | { refusal: string } {
  const { api, header, random, by, why, ttlMs } = gap;
  const target = injectable({ state: 'found', value: configuration }, refOf(configuration));
  if (isRefusal(target)) return { refusal: target.message };
  const hooks = webhooksOf(target);
  const chosen = hooks.filter(({ name }) => names.includes(name));
  const at = api.serverTime().now;
  const plan = victimPlan({
    type: TYPE,
    scope: { namespace: '', count: 1 },
    facts: { id: header.run, run: header.run, experiment: why, by, host: header.host, at, expires: at + ttlMs, random },
    target,
    payload: Object.fromEntries(chosen.map(webhook => [webhook.name, webhook.failurePolicy ?? ''])),
    injected: 'Ignore',
    operations: chosen.flatMap(({ name }) => {
      const index = hooks.findIndex(webhook => webhook.name === name);
      return [
        test(pointer('webhooks', index, 'name'), name),
        set(pointer('webhooks', index, 'failurePolicy'), 'Ignore' as const),
      ];
    }),
    says: `set failurePolicy Ignore on ${chosen.map(({ name }) => name).join(', ')} of ${nameOf(refOf(target))}`,
    pods: [],
  });
  return isRefusal(plan) ? { refusal: plan.message } : plan;
}

/** The result of a stop-gap. */
export interface StopGapped {
  outcome: 'done' | 'not done' | 'unknown';
  message: string;
  /** When the policy will be restored, server time; undefined if nothing restores it by itself. */
  restoredAt?: number;
  /** Who restores it, or why nobody does. */
  guard: string;
}

/** Writes the stop-gap. The guardian knows of the write before it is sent, and keeps running after this process ends. */
export async function stopGap(gap: StopGap, plan: Plan, names: readonly string[]): Promise<StopGapped> {
  const { api, clock, files, stateDir, header, guard, why, ttlMs } = gap;
  const experiment = { name: why, path: '', sha256: '', type: TYPE } as const;
  const journal = await openJournal(files, stateDir, { ...header, experiment }).catch((error: unknown) => {
    throw new JournalUnwritable(error);
  });
  const watch = (await guard?.begin(header.run, () => {})) ?? { on: false as const, why: 'no guardian is configured' };
  if (watch.on) {
    const { on: _, ...facts } = watch;
    await journal.guarded({ ...facts, dueAt: Math.round(api.serverTime().now + ttlMs) });
  }
  const key = (await gap.key())?.key;
  const signed = key === undefined ? plan : signedPlan(key, plan);
  const announcing = {
    append: async (record: Parameters<typeof journal.append>[0]) => {
      await journal.append(record);
      if (record.record !== 'intent' || !watch.on) return;
      const { on } = record.write;
      await guard?.announce({ run: header.run, type: TYPE, experiment: why, on, dueInMs: ttlMs });
    },
  };
  const done = await execute(signed.writes, { api, clock, journal: announcing }, { id: plan.id, purpose: 'inject' });
  await journal.close();
  const guardText = watch.on
    ? `pid ${watch.pid} restores it, log ${watch.log}`
    : `${watch.why}: nothing restores it by itself`;
  const restored = watch.on ? { restoredAt: api.serverTime().now + ttlMs } : {};
  if (done.state !== 'done' && done.state !== 'unknown') {
    // Nothing was written, so there is nothing to guard.
    guard?.over(header.run, 0);
    return { outcome: 'not done', message: done.message, guard: '' };
  }
  const got = await api.get(plan.target);
  const isDone =
    got.ok &&
    webhooksOf(got.value)
      .filter(({ name }) => names.includes(name))
      .every(webhook => failurePolicyOf(webhook) === 'Ignore');
  const outcome = isDone ? 'done' : got.ok ? 'not done' : 'unknown';
  return { outcome, message: plan.writes.map(({ says }) => says).join(', '), guard: guardText, ...restored };
}

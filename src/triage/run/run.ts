import type { ViewKind } from '../../health/view/kinds.ts';
import { sanitise } from '../../text/sanitise.ts';
import { GATES, type GateId } from '../gates.ts';
import type { Rule } from '../rule.ts';
import { distinct } from './blind.ts';
import {
  faultText,
  type GateResult,
  type InputWithoutAnswers,
  readsOf,
  runnableRules,
  runRules,
  statusOf,
} from './gate-run.ts';
import type { Answers, NamedRead } from './named-read.ts';
import { unread } from './unread.ts';

/** The input of a triage run. */
export interface TriageRun extends InputWithoutAnswers {
  rules: readonly Rule[];
  /** Makes single reads; never rejects: a failure is an outcome. */
  read(reads: readonly NamedRead[]): Promise<Answers>;
  /** Resolves when these kinds are known, or known not to be readable. Without it the view counts as complete. */
  settled?(kinds: readonly ViewKind[]): Promise<void>;
  /** Monotonic milliseconds. */
  monotonic(): number;
}

/**
 * Runs every gate and yields the results in order, each as soon as it and those before it are known. Gates make their
 * reads in parallel.
 */
export async function* runGates(run: TriageRun): AsyncGenerator<GateResult> {
  const started = run.monotonic();
  const running = GATES.map(gate => runGate(run, gate).catch(error => brokenGate(gate, error)));
  let failed: GateId | undefined;
  let spent = started;
  for (const gate of running) {
    const result = await gate;
    const now = run.monotonic();
    yield { ...result, ms: Math.round(now - spent), ...(failed === undefined ? {} : { after: failed }) };
    spent = now;
    if (result.status === 'FAIL') failed ??= result.id;
  }
}

async function runGate(run: TriageRun, { id, name }: (typeof GATES)[number]): Promise<GateResult> {
  const rules = run.rules.filter(({ gate }) => gate === id);
  const input: InputWithoutAnswers = { view: run.view, now: run.now };
  let kinds = [...new Set(rules.flatMap(({ needs, wants }) => [...needs, ...(wants ?? [])]))];
  for (;;) {
    await run.settled?.(kinds);
    const { runnable, blind } = runnableRules(rules, input);
    const wanted = readsOf(runnable, input);
    const answers = await run.read(wanted.reads);
    const found = runRules(runnable, input, answers);
    kinds = found.unread;
    if (run.settled !== undefined && kinds.length > 0) continue;
    const spots = distinct([...blind, ...wanted.blind, ...unread(wanted.reads, answers), ...found.blind]);
    return { id, name, status: statusOf(found.findings, spots), ms: 0, findings: found.findings, blind: spots };
  }
}

/** The result of a gate that threw: it does not stop the others, and is BLIND. */
function brokenGate({ id, name }: (typeof GATES)[number], error: unknown): GateResult {
  const blind = [{ what: sanitise(name), reason: faultText(error) }];
  return { id, name, status: 'BLIND', ms: 0, findings: [], blind };
}

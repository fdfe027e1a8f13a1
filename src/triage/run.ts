import type { ViewKind } from '../health/view/kinds.ts';
import { sanitise } from '../text/sanitise.ts';
import { distinct } from './blind.ts';
import {
  faultWords,
  type GateResult,
  type InputWithoutAnswers,
  readsOf,
  runnableRules,
  runRules,
  statusOf,
} from './gate-run.ts';
import { GATES, type GateId } from './gates.ts';
import type { Answers, NamedRead } from './named-read.ts';
import type { Rule } from './rule.ts';
import { unread } from './unread.ts';

/** What a run of triage is given. */
export interface TriageRun extends InputWithoutAnswers {
  rules: readonly Rule[];
  /** Reads single things; never rejects: what could not be read is an outcome. */
  read(reads: readonly NamedRead[]): Promise<Answers>;
  /** Resolves when these kinds are known, or known not to be readable. The view that was given counts as settled without it. */
  settled?(kinds: readonly ViewKind[]): Promise<void>;
  /** Monotonic milliseconds. */
  monotonic(): number;
}

/** Runs every gate in order and yields each result as soon as it and those before it are known. Later gates read while earlier ones wait. */
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

/** What breaks in one gate does not stop the others, and is no PASS. */
function brokenGate({ id, name }: (typeof GATES)[number], error: unknown): GateResult {
  const blind = [{ what: sanitise(name), reason: faultWords(error) }];
  return { id, name, status: 'BLIND', ms: 0, findings: [], blind };
}

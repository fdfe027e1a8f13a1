import type { Plan, Refusal } from '../../faults/contract.ts';
import type { Expectation } from '../../faults/rules/rules.ts';
import { FAULT_RULES, type FaultType } from '../../faults/types.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { readAndPlan, scopeOf } from '../../safety/read-and-plan.ts';
import { changeSources } from '../observe/change-sources.ts';
import { type Changes, watchChanges } from '../observe/changes.ts';
import { readBystanders, targetsOf } from '../observe/collateral.ts';
import { combined } from '../observe/evidence.ts';
import { type Subject, takeSample } from '../observe/sample.ts';
import type { Baseline, Refused } from './outcome.ts';
import type { Prepared } from './prepared.ts';
import type { Run } from './run-state.ts';

/** The default soak time, milliseconds. */
export const SOAK_MS = 10_000;
const EXPECT_ANNOTATION = 'chaos.operatorchaos.io/expect';

/** What a healthy system does under this fault: the experiment's annotation, else the type's own expectation. */
function expectationOf(annotations: Record<string, string> | undefined, type: FaultType): Expectation {
  const annotated = annotations?.[EXPECT_ANNOTATION];
  return annotated === 'self-heal' || annotated === 'survive' ? annotated : FAULT_RULES[type].expects;
}

/** Reads, plans and asks every gate; or returns the refusal. Writes nothing. */
export async function prepare(run: Run): Promise<Prepared | Refused> {
  const { deps, loaded, options } = run;
  const { metadata, spec } = loaded.experiment;
  const fault = deps.fault(spec.injection.type);
  const discovery = await deps.api.discovery();
  if (!discovery.ok) {
    return { code: discovery.reason, message: `the cluster's API could not be discovered: ${discovery.message}` };
  }
  const scope = scopeOf(loaded);
  const { namespace } = scope;
  const params = fault.parse(spec.injection.parameters);
  const subject: Subject = {
    checks: spec.steadyState.checks,
    namespace,
    discovery: discovery.value,
    fault,
    params,
    scope,
  };
  const ttlMs = options.ttlMs ?? spec.injection.ttlMs;
  const facts = () => {
    run.stop.throwIfAborted();
    const at = Math.round(deps.api.serverTime().now);
    return {
      id: `${options.run}-1`,
      run: options.run,
      experiment: metadata.name,
      by: deps.who.user,
      host: deps.who.host,
      at,
      ...(ttlMs ? { expires: at + ttlMs } : {}),
      random: deps.random,
    };
  };
  const readAndPlanOnce = () => readAndPlan(deps.api, fault, { params, scope, facts }, run.stop);
  const { live: before, plan } = await readAndPlanOnce();
  if (plan.is === 'refusal') return { code: plan.code, message: plan.message };
  for (const warning of plan.warnings) await run.emit({ event: 'note', text: warning });
  const refused = await refusedByGates(run, plan, namespace);
  if (refused) return refused;

  const again = async (): Promise<Plan | Refusal> => {
    const next = await readAndPlanOnce();
    if (next.plan.is === 'refusal') return next.plan;
    const no = await refusedByGates(run, next.plan, namespace);
    if (no) return { is: 'refusal', code: 'not-permitted', message: no.message };
    prepared.before = next.live;
    return next.plan;
  };
  const pods = [...before.values()]
    .flatMap(value => (Array.isArray(value) ? (value as KubeObject[]) : []))
    .filter(one => one.kind === 'Pod' && plan.pods.some(pod => pod.uid === one.metadata.uid));
  const checked = spec.steadyState.checks.map(check => ({
    kind: check.kind,
    name: check.name,
    namespace: check.namespace || namespace,
  }));
  const prepared: Prepared = {
    subject,
    before,
    plan,
    again,
    expects: expectationOf(metadata.annotations, fault.type),
    ...(ttlMs ? { ttlMs } : {}),
    recoveryMs: spec.hypothesis.recoveryTimeoutMs,
    soakMs: options.soakMs ?? SOAK_MS,
    isTarget: targetsOf([plan.target, ...checked], pods),
    namespaces: [
      ...new Set([namespace, ...spec.blastRadius.allowedNamespaces, ...checked.map(check => check.namespace)]),
    ],
    dependants: options.dependants ?? [],
  };
  await options.onPlanned?.(prepared.isTarget, plan.permissions);
  return prepared;
}

/** Asks every gate, starting the guardian meanwhile, and takes the lock if nothing refuses. */
async function refusedByGates(run: Run, plan: Plan, namespace: string): Promise<Refused | undefined> {
  const { deps, loaded } = run;
  const [asked] = await Promise.all([deps.gates(loaded, plan, namespace), deps.startGuardian?.()]);
  const lock = asked.every(({ ok }) => ok) ? await deps.takeLock?.() : undefined;
  const gates = lock ? [...asked, lock] : asked;
  for (const { gate, ok, reason, warns } of gates) {
    await run.emit({ event: 'gate', gate, ok, reason });
    // A gate that passes is reported only if it has a warning.
    if (ok && warns) await run.emit({ event: 'note', text: `${gate}: ${reason}` });
  }
  const refusals = gates.filter(gate => !gate.ok);
  if (refusals.length === 0) return undefined;
  return {
    code: refusals.find(gate => gate.code !== undefined)?.code ?? 'gate',
    message: refusals.map(gate => `${gate.gate}: ${gate.reason}`).join('; '),
  };
}

/** Takes one sample before anything is written. Only a steady baseline lets the run inject. */
export async function checkBaseline(run: Run, prepared: Prepared): Promise<Baseline> {
  const { deps, observed } = run;
  await run.phase('SteadyStatePre');
  const sample = await takeSample(deps.api, prepared.subject, prepared.plan, prepared.before, {
    afterRevert: false,
    signal: run.stop,
  });
  run.stop.throwIfAborted();
  observed.checks = sample.checks;
  observed.evidence = sample.evidence;
  const state = sample.checks.length === 0 ? 'none' : BASELINE_STATES[combined([...sample.checks, ...sample.evidence])];
  const baseline: Baseline = { state, checks: sample.checks };
  const passed = state === 'steady';
  await run.emit({
    event: 'baseline',
    checks: [...sample.checks, ...sample.evidence.filter(one => one.state !== 'pass')],
    passed,
  });
  if (!passed) return baseline;
  prepared.baseline = sample;
  if (run.dryRun) return baseline;
  prepared.bystanders = await readBystanders(deps.api, prepared, run.stop);
  for (const { says } of prepared.bystanders.unread) await run.emit({ event: 'note', text: says });
  const { subject, plan, before } = prepared;
  prepared.changes = watchChanges(
    deps.api,
    deps.clock,
    changeSources({ subject, plan, before, checked: sample.checked }),
  );
  return baseline;
}

/** The watch for changes that the baseline started; throws if there was no baseline. */
export function changesOf({ changes }: Prepared): Changes {
  if (!changes) throw new Error('no watch for changes: there was no baseline');
  return changes;
}

const BASELINE_STATES = { pass: 'steady', fail: 'not-steady', blind: 'blind' } as const;

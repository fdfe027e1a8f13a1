import { resolveNamespace } from '../../experiment/scope.ts';
import type { Live, Plan, Read, Refusal } from '../../faults/contract.ts';
import type { Expectation } from '../../faults/rules/rules.ts';
import { FAULT_RULES, type FaultType } from '../../faults/types.ts';
import { fetchLive } from '../../injection/live.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { type ChangeSource, type Changes, watchChanges } from '../observe/changes.ts';
import { type Bystanders, lookAtBystanders, targetsOf } from '../observe/collateral.ts';
import { combined } from '../observe/evidence.ts';
import { type Sample, type Subject, takeSample } from '../observe/sample.ts';
import type { Run } from './run-state.ts';

/** An experiment that may be injected: read, planned and let through every gate. */
export interface Prepared {
  subject: Subject;
  before: Live;
  plan: Plan;
  /** Reads, plans and asks the gates once more, for a target that changed meanwhile. */
  again(): Promise<Plan | Refusal>;
  expects: Expectation;
  /** Milliseconds after the injection. */
  ttlMs?: number;
  recoveryMs: number;
  soakMs: number;
  /** Set once the baseline was steady. */
  baseline?: Sample;
  bystanders?: Bystanders;
  changes?: Changes;
  isTarget(deployment: KubeObject): boolean;
  namespaces: string[];
}

const SOAK_MS = 10_000;
const EXPECT_ANNOTATION = 'chaos.operatorchaos.io/expect';

/** What a healthy system does under this fault: the experiment's annotation, else the type's own expectation. */
function expectationOf(annotations: Record<string, string> | undefined, type: FaultType): Expectation {
  const wish = annotations?.[EXPECT_ANNOTATION];
  return wish === 'self-heal' || wish === 'survive' ? wish : FAULT_RULES[type].expects;
}

/** Reads, plans and asks every gate. Undefined when something said no; the story then knows what. Writes nothing. */
export async function prepare(run: Run): Promise<Prepared | undefined> {
  const { deps, loaded, options, story } = run;
  const { metadata, spec } = loaded.experiment;
  const refuse = (code: string, message: string) => {
    story.refusal = { code, message };
    return undefined;
  };
  const fault = deps.fault(spec.injection.type);
  const discovery = await deps.api.discovery();
  if (!discovery.ok) return refuse(discovery.reason, `the cluster's API could not be discovered: ${discovery.message}`);
  const namespace = resolveNamespace(loaded.experiment).namespace;
  const scope = { namespace, count: spec.injection.count, allowed: spec.blastRadius.allowedNamespaces };
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
  const look = async (): Promise<{ before: Live; plan: Plan | Refusal }> => {
    const before = await fetchLive(deps.api, live => fault.reads(params, scope, live), run.stop);
    run.stop.throwIfAborted();
    const at = Math.round(deps.api.serverTime().now);
    const facts = {
      id: `${options.run}-1`,
      run: options.run,
      experiment: metadata.name,
      by: deps.who.user,
      host: deps.who.host,
      at,
    };
    return {
      before,
      plan: fault.plan(params, scope, before, {
        ...facts,
        ...(ttlMs ? { expires: at + ttlMs } : {}),
        random: deps.random,
      }),
    };
  };
  const { before, plan } = await look();
  if (plan.kind === 'refusal') return refuse(plan.code, plan.message);
  for (const warning of plan.warnings) await run.emit({ event: 'note', text: warning });
  if (!(await passesGates(run, plan, namespace))) return undefined;

  const again = async (): Promise<Plan | Refusal> => {
    const next = await look();
    if (next.plan.kind === 'refusal') return next.plan;
    if (!(await passesGates(run, next.plan, namespace))) {
      return { kind: 'refusal', code: 'not-permitted', message: run.story.refusal?.message ?? 'a gate said no' };
    }
    prepared.before = next.before;
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
  };
  return prepared;
}

async function passesGates(run: Run, plan: Plan, namespace: string): Promise<boolean> {
  const gates = await run.deps.gates(run.loaded, plan, namespace);
  for (const { gate, ok, reason, warns } of gates) {
    await run.emit({ event: 'gate', gate, ok, reason });
    // An open gate is no news to whoever saw the plan; what one must know is.
    if (ok && warns) await run.emit({ event: 'note', text: `${gate}: ${reason}` });
  }
  const refusals = gates.filter(gate => !gate.ok);
  if (refusals.length === 0) return true;
  run.story.refusal = {
    code: refusals.find(gate => gate.code !== undefined)?.code ?? 'gate',
    message: refusals.map(gate => `${gate.gate}: ${gate.reason}`).join('; '),
  };
  return false;
}

/** Looks once, before anything is written. True when everything is steady. */
export async function checkBaseline(run: Run, prepared: Prepared): Promise<boolean> {
  const { deps, story } = run;
  await run.phase('SteadyStatePre');
  const sample = await takeSample(deps.api, prepared.subject, prepared.plan, prepared.before, {
    afterRevert: false,
    signal: run.stop,
  });
  run.stop.throwIfAborted();
  story.baselineChecks = sample.checks;
  story.checks = sample.checks;
  story.evidence = sample.evidence;
  const state = combined([...sample.checks, ...sample.evidence]);
  const passed = sample.checks.length > 0 && state === 'pass';
  story.baseline =
    sample.checks.length === 0 ? 'none' : state === 'pass' ? 'steady' : state === 'fail' ? 'not-steady' : 'blind';
  await run.emit({
    event: 'baseline',
    checks: [...sample.checks, ...sample.evidence.filter(one => one.state !== 'pass')],
    passed,
  });
  if (!passed) return false;
  prepared.baseline = sample;
  if (story.dryRun) return true;
  prepared.bystanders = await lookAtBystanders(deps.api, prepared.namespaces, prepared.isTarget, run.stop);
  if ('blind' in prepared.bystanders) await run.emit({ event: 'note', text: prepared.bystanders.blind });
  prepared.changes = watchChanges(deps.api, deps.clock, changeSources(prepared));
  return true;
}

/** Everything whose change is a reason to look again. */
function changeSources({ subject, baseline, before, plan }: Prepared): ChangeSource[] {
  const { fault, params } = subject;
  const ofRead = (read: Read): ChangeSource[] => {
    if ('get' in read) return [{ collection: collectionOf(read.get), name: read.get.name }];
    if ('list' in read)
      return [{ collection: read.list, ...(read.labelSelector ? { labelSelector: read.labelSelector } : {}) }];
    return [];
  };
  const sources = [
    ...(baseline?.checked ?? []).map(({ ref }) => ({ collection: collectionOf(ref), name: ref.name })),
    ...fault.effectReads(params, plan, before).flatMap(ofRead),
    { collection: collectionOf(plan.target), name: plan.target.name },
  ];
  return [...new Map(sources.map(source => [JSON.stringify(source), source])).values()];
}

const collectionOf = (ref: { apiVersion: string; kind: string; namespace?: string }) => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  ...(ref.namespace ? { namespace: ref.namespace } : {}),
});

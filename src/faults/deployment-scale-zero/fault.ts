import { deploymentPlan } from '../../injection/deployment-plan.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { listIn } from '../../injection/live.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { readMayday } from '../../injection/record/envelope.ts';
import { MAYDAY, ORIGINAL_REPLICAS } from '../../injection/record/markers.ts';
import { corrupt, restoreAndStrip } from '../../injection/record/record.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import { deploymentReads, deploymentTarget, PODS, TARGET } from '../../injection/rollout.ts';
import { threeWay } from '../../injection/three-way.ts';
import { deploymentSpec } from '../../k8s/deployment.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, pointer, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Read, Refusal, Restore, Scope } from '../contract.ts';

interface ScaleZeroParams {
  name: string;
}

const REPLICAS = pointer('spec', 'replicas');
const RECORD = ['f:metadata', 'f:annotations', `f:${ORIGINAL_REPLICAS}`];
const AUTOSCALERS = 'autoscalers';
/** `spec.replicas` is a 32-bit integer. */
const MOST = 2_147_483_647;
/** Anyone may edit an annotation: a number that no ordinary cluster could run is not put in without a person's word. */
const PLAUSIBLE = 10_000;

/** Scales a Deployment to nothing; the original number goes into a plain annotation. */
export const scaleZero: Fault<ScaleZeroParams> = {
  type: 'DeploymentScaleZero',
  parse: ({ name = '' }) => ({ name }),
  reads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore,
};

function reads(params: ScaleZeroParams, scope: Scope, live: Live): Read[] {
  const { namespace } = scope;
  const list = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace };
  return [...deploymentReads(params, scope, live), { key: AUTOSCALERS, list }];
}

const replicasOf = (deployment: KubeObject): number => deploymentSpec(deployment).replicas ?? 1;

function plan(params: ScaleZeroParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = deploymentTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const name = nameOf(refOf(target));
  const replicas = replicasOf(target);
  if (replicas === 0) return refuse('no-effect', `${name} is already scaled to 0: nothing would change`);
  return deploymentPlan({
    type: 'DeploymentScaleZero',
    scope,
    facts,
    target,
    pods,
    records: { [ORIGINAL_REPLICAS]: String(replicas) },
    injected: '0',
    operations: [set(REPLICAS, 0)],
    says: `scale ${name} from ${replicas} to 0`,
    warnings: autoscalerWarnings(params, live),
  });
}

function autoscalerWarnings({ name }: ScaleZeroParams, live: Live): string[] {
  const seen = listIn(live, AUTOSCALERS);
  if (seen.state === 'blind')
    return [`autoscalers cannot be read (${seen.failure.message}): one that scales this Deployment stops at 0`];
  const own = (seen.state === 'found' ? seen.value : []).filter(({ spec }) => {
    const { scaleTargetRef: of } = (spec ?? {}) as { scaleTargetRef?: { kind?: string; name?: string } };
    return of?.kind === 'Deployment' && of.name === name;
  });
  return own.map(scaler => `HorizontalPodAutoscaler ${scaler.metadata.name} stops scaling while replicas is 0`);
}

function effect(_params: ScaleZeroParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(made.target);
  const replicas = replicasOf(back.object);
  if (replicas !== 0) return { state: 'absent', evidence: [`${name} asks for ${replicas} replicas (again)`] };
  const pods = listIn(live, PODS);
  if (pods.state === 'blind')
    return { state: 'pending', evidence: [`the pods of ${name} cannot be read: ${pods.failure.message}`] };
  const left = (pods.state === 'found' ? pods.value : []).filter(pod => !isFinished(pod));
  return left.length === 0
    ? { state: 'proven', evidence: [`${name} asks for 0 replicas and has no pod left`] }
    : { state: 'pending', evidence: [`${name} asks for 0 replicas, ${left.length} pods are left`] };
}

function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const { [ORIGINAL_REPLICAS]: text, [MAYDAY]: facts } = victim.metadata.annotations ?? {};
  if (text === undefined) return corrupt(victim, 'carries no record of the original replicas');
  const original = /^[+]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(original <= MOST)) return corrupt(victim, `"${sanitise(text, 40)}" is no number of replicas`);
  const mayday = readMayday(facts);
  const is = replicasOf(victim);
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'DeploymentScaleZero',
      records: [ORIGINAL_REPLICAS, MAYDAY],
      mayday,
      value,
      what: 'the replicas',
    });
  const doubt = doubtful(victim, original, is);
  const put = back([test(REPLICAS, is), set(REPLICAS, original)]);
  if (doubt !== undefined) {
    const shown = { original: String(original), injected: '0', live: String(is) };
    return { kind: 'diverged', writes: [is === original ? back([]) : put], ...shown, says: `${name}: ${doubt}` };
  }
  return threeWay({
    what: `the number of replicas of ${name}`,
    isOriginal: is === original,
    isInjected: is === 0 && isUntouched(victim, ['f:spec', 'f:replicas'], RECORD),
    original: String(original),
    injected: '0',
    live: String(is),
    put,
    strip: back([]),
  });
}

/** Why a well-formed record may still not be the truth. */
function doubtful(victim: KubeObject, original: number, is: number): string | undefined {
  if (original > PLAUSIBLE && original !== is)
    return `the record says ${original} replicas, which no cluster would run`;
  if (original !== 0 || is !== 0) return undefined;
  const applied = appliedReplicas(victim);
  const hint = applied === undefined ? '' : `; ${applied} were last applied with kubectl`;
  return `the record says 0 replicas: either it was so before, or a second injection has overwritten it${hint}`;
}

function appliedReplicas(victim: KubeObject): number | undefined {
  try {
    const text = victim.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '{}';
    const replicas = (JSON.parse(text) as { spec?: { replicas?: unknown } }).spec?.replicas;
    return typeof replicas === 'number' ? replicas : undefined;
  } catch {
    return undefined;
  }
}

import { dangerOf, whyHigh } from '../experiment/danger.ts';
import { forbiddenNamespace } from '../experiment/scope.ts';
import type { Experiment } from '../experiment/types.ts';
import type { Plan } from '../faults/contract.ts';
import { isClusterScoped } from '../faults/recognition.ts';
import { all, notReserved } from '../faults/rules/check.ts';
import { configMapName, secretName, serviceAccountName, serviceName, webhookName } from '../faults/rules/protected.ts';
import type { Write } from '../injection/write/write.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { confinement } from './confined.ts';
import { type GateResult, pass, stop } from './gate.ts';

/** The gates that compare the plan with what the experiment allows: which objects would be written, and which pods are affected. */
export function planGates(experiment: Experiment, plan: Plan): GateResult[] {
  return [
    danger(experiment),
    namespaces(experiment, plan),
    forbiddenResources(experiment, plan),
    protectedNames(plan),
    podsInReach(experiment, plan),
  ];
}

function danger(experiment: Experiment): GateResult {
  const { injection, blastRadius } = experiment.spec;
  const declared = injection.dangerLevel;
  const why = whyHigh(injection.type, injection.parameters);
  if (why !== undefined && declared !== 'high') {
    return stop(
      'danger',
      `${injection.type} with these parameters needs dangerLevel: high (${why}), the experiment says ${declared ?? 'nothing'}`,
    );
  }
  if (declared === 'high' && !blastRadius.allowDangerous) {
    return stop('danger', 'dangerLevel is high: it needs blastRadius.allowDangerous: true');
  }
  return pass('danger', declared === 'high' ? 'high, and allowed' : dangerOf(experiment));
}

function namespaces(experiment: Experiment, plan: Plan): GateResult {
  const outside = plan.writes.flatMap(write => outsideReason(experiment, write) ?? []);
  const { allowedNamespaces } = experiment.spec.blastRadius;
  const place = (write: Write) => confinement(write, allowedNamespaces) ?? write.on.namespace ?? '(cluster)';
  const reached = [...new Set(plan.writes.map(place))];
  return outside[0] === undefined
    ? pass('namespaces', `writes only in ${reached.join(', ')}`)
    : stop('namespaces', outside[0]);
}

/** Why a write is outside the blast radius; undefined if it is not. */
function outsideReason(experiment: Experiment, write: Write): string | undefined {
  const { allowedNamespaces, allowDangerous } = experiment.spec.blastRadius;
  const { type, parameters } = experiment.spec.injection;
  const { namespace } = write.on;
  if (confinement(write, allowedNamespaces) !== undefined) return undefined;
  if (namespace === undefined) {
    return isClusterScoped(type, parameters)
      ? undefined
      : `${nameOf(write.on)} is cluster-scoped, and the blast radius is not`;
  }
  if (!allowedNamespaces.includes(namespace)) {
    return `${nameOf(write.on)} is outside allowedNamespaces (${allowedNamespaces.join(', ') || 'none'})`;
  }
  return forbiddenNamespace(namespace, allowDangerous);
}

function forbiddenResources(experiment: Experiment, plan: Plan): GateResult {
  const forbidden = experiment.spec.blastRadius.forbiddenResources;
  const hit = plan.writes.find(write => forbidden.some(entry => isNamed(write, entry)));
  return hit === undefined
    ? pass('forbidden resources', forbidden.length === 0 ? 'none named' : `none of ${forbidden.join(', ')} is written`)
    : stop('forbidden resources', `${nameOf(hit.on)} is one of forbiddenResources`);
}

/** Whether an entry such as `Deployment/web`, `Deployment/shop/web` or `web` means the object that is written. */
function isNamed(write: Write, entry: string): boolean {
  const { kind, namespace, name } = write.on;
  const names = [`${kind}/${name}`, `${kind}/${namespace ?? ''}/${name}`, name].map(text => text.toLowerCase());
  return names.includes(entry.toLowerCase());
}

const PROTECTED = {
  Secret: secretName,
  ConfigMap: configMapName,
  Service: serviceName,
  ServiceAccount: serviceAccountName,
  ValidatingWebhookConfiguration: webhookName,
  MutatingWebhookConfiguration: webhookName,
};

function protectedNames(plan: Plan): GateResult {
  const problems = plan.writes.flatMap(write => {
    // Objects that an injection creates have names of the tools; all other objects must not.
    if (write.verb === 'create') return [];
    const checks = Object.hasOwn(PROTECTED, write.on.kind) ? PROTECTED[write.on.kind as keyof typeof PROTECTED] : [];
    const problem = all(notReserved, ...checks)(write.on.name);
    return problem === undefined ? [] : [`${nameOf(write.on)}: ${problem}`];
  });
  return problems[0] === undefined
    ? pass('protected names', 'no protected object is written')
    : stop('protected names', problems[0]);
}

function podsInReach(experiment: Experiment, plan: Plan): GateResult {
  const { maxPodsAffected } = experiment.spec.blastRadius;
  const found = plan.pods.length;
  const reason = `${found} in reach, at most ${maxPodsAffected} allowed`;
  return found <= maxPodsAffected
    ? pass('pods', reason)
    : stop('pods', `${reason}: raise maxPodsAffected or narrow the target`);
}

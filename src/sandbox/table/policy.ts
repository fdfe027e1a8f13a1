import { each, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { created, number, spec, status, text } from './cells.ts';
import type { Cells } from './shape.ts';

const subjects = (binding: KubeObject, kind: string): string =>
  each(binding, 'subjects')
    .filter(s => s.kind === kind)
    .map(s => (kind === 'ServiceAccount' ? `${s.namespace}/${s.name}` : String(s.name)))
    .join(', ');

const binding: Cells = (o, now) => {
  const ref = part(o, 'roleRef');
  return [
    o.metadata.name,
    `${ref?.kind}/${ref?.name}`,
    created(o, now),
    subjects(o, 'User'),
    subjects(o, 'Group'),
    subjects(o, 'ServiceAccount'),
  ];
};

/** The requests or the limits of a quota, used and hard. */
function quotaSide(quota: KubeObject, limits: boolean): string {
  const hard = part(status(quota), 'hard') ?? {};
  const used = part(status(quota), 'used') ?? {};
  return Object.keys(hard)
    .sort()
    .filter(n => n.startsWith('limits.') === limits)
    .map(n => `${n}: ${used[n] ?? 0}/${hard[n]}`)
    .join(', ');
}

const webhooks: Cells = (o, now) => [o.metadata.name, each(o, 'webhooks').length, created(o, now)];

const UNSET = '<unset>';
const kindOf = (ref: unknown): string => (isRecord(ref) ? `${ref.apiVersion}/${ref.kind}` : UNSET);
const nameOf = (ref: unknown): string =>
  isRecord(ref) ? (ref.namespace ? `${ref.namespace}/${ref.name}` : String(ref.name ?? '*')) : UNSET;

/** Rows of RBAC, quota, limit and admission kinds. */
export const POLICY_CELLS: Readonly<Record<string, Cells>> = {
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  resourcequotas: (o, now) => [o.metadata.name, quotaSide(o, false), quotaSide(o, true), created(o, now)],
  'poddisruptionbudgets.policy': (o, now) => [
    o.metadata.name,
    text(spec(o).minAvailable, 'N/A'),
    text(spec(o).maxUnavailable, 'N/A'),
    number(status(o).disruptionsAllowed),
    created(o, now),
  ],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'validatingadmissionpolicies.admissionregistration.k8s.io': (o, now) => [
    o.metadata.name,
    each(spec(o), 'validations').length,
    kindOf(spec(o).paramKind),
    created(o, now),
  ],
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': (o, now) => [
    o.metadata.name,
    text(spec(o).policyName, ''),
    nameOf(spec(o).paramRef),
    created(o, now),
  ],
  'priorityclasses.scheduling.k8s.io': (o, now) => [
    o.metadata.name,
    number(o.value),
    o.globalDefault === true,
    created(o, now),
    text(o.preemptionPolicy, 'PreemptLowerPriority'),
  ],
};

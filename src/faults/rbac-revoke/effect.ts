import { objectIn } from '../../injection/live.ts';
import { asRequester, isSubject, type Subject, subjectName, subjectsOf } from '../../injection/plan/subjects.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { readEnvelope } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan, Read } from '../contract.ts';

export const TARGET = 'target';
const ROLE = 'role';
/** How many former subjects are checked; a binding may hold hundreds. */
const MAX_REVIEWS = 5;
const reviewKey = (subject: Subject) => `review ${subjectName(subject)}`;

interface Rule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** The role of a binding; in a namespace, a Role there or a ClusterRole. */
export function roleRefOf(binding: KubeObject): { kind: string; name: string } {
  const { kind = 'ClusterRole', name = '' } = (binding.roleRef ?? {}) as { kind?: string; name?: string };
  return { kind, name };
}

/** Reads the binding, then its role, then asks for each former subject whether it may still do what the role allows. */
export function revokedEffectReads(plan: Plan, live: Live): Read[] {
  const target = objectIn(live, TARGET);
  const first: Read = { key: TARGET, get: plan.target };
  if (target.state !== 'found') return [first];
  const { kind, name } = roleRefOf(target.value);
  const { namespace } = target.value.metadata;
  const place = kind === 'Role' && namespace !== undefined ? { namespace } : {};
  const role = objectIn(live, ROLE);
  return [
    first,
    { key: ROLE, get: { apiVersion: target.value.apiVersion, kind, ...place, name } },
    ...(role.state === 'found' ? reviews(target.value, role.value) : []),
  ];
}

function reviews(binding: KubeObject, role: KubeObject): Read[] {
  const attributes = attributesOf(role, binding.metadata.namespace);
  if (attributes === undefined) return [];
  return revoked(binding).map(subject => ({
    key: reviewKey(subject),
    review: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: { ...asRequester(subject), ...attributes },
    } as unknown as KubeObject,
  }));
}

/** The former subjects, from the undo record on the binding. */
function revoked(binding: KubeObject): Subject[] {
  const envelope = readEnvelope(binding.metadata.annotations?.[ROLLBACK_DATA] ?? '');
  return envelope.ok && Array.isArray(envelope.data)
    ? (envelope.data as unknown[]).filter(isSubject).slice(0, MAX_REVIEWS)
    : [];
}

/** One action that the role allows, in the form of a SubjectAccessReview. */
function attributesOf(role: KubeObject, namespace: string | undefined): Record<string, unknown> | undefined {
  const rules = Array.isArray(role.rules) ? (role.rules as Rule[]) : [];
  const rule = rules[0];
  const verb = firstOrDefault(rule?.verbs, 'get');
  if (rule === undefined || verb === undefined) return undefined;
  const path = firstOrDefault(rule.nonResourceURLs, '/version');
  if (path !== undefined) return { nonResourceAttributes: { verb, path: path.replace(/\*$/, 'chaos') } };
  const [resource = 'pods', subresource] = (firstOrDefault(rule.resources, 'pods') ?? 'pods').split('/');
  const name = rule.resourceNames?.[0];
  return {
    resourceAttributes: {
      verb,
      group: firstOrDefault(rule.apiGroups, '') ?? '',
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

const firstOrDefault = (values: string[] | undefined, instead: string): string | undefined =>
  values?.includes('*') ? instead : values?.[0];

/** Proven when the API server says that one of the former subjects may no longer do what the role allows. */
export function revokedEffect(plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const present = subjectsOf(back.object);
  if (present.length > 0) {
    const who = sanitise(present.map(subjectName).join(', '), 200);
    return { state: 'absent', evidence: [`${name} gives its role to ${who} (again)`] };
  }
  const answers = revoked(back.object).map(subject => ({ subject, ...accessOf(subject, live) }));
  const evidence = [`${name} has no subjects`, ...answers.map(({ says }) => says)];
  return { state: answers.some(({ denied }) => denied) ? 'proven' : 'pending', evidence };
}

function accessOf(subject: Subject, live: Live): { denied: boolean; says: string } {
  const who = sanitise(subjectName(subject), 120);
  const seen = objectIn(live, reviewKey(subject));
  if (seen.state === 'blind')
    return { denied: false, says: `the access of ${who} could not be checked: ${seen.failure.message}` };
  if (seen.state !== 'found') return { denied: false, says: `the role of ${who} allows nothing that could be checked` };
  const { spec, status } = seen.value as {
    spec?: Record<string, Record<string, string>>;
    status?: { allowed?: boolean };
  };
  const { verb = '', resource, path } = spec?.resourceAttributes ?? spec?.nonResourceAttributes ?? {};
  const what = sanitise(`${verb} ${resource ?? path ?? ''}`, 120);
  return status?.allowed === true
    ? {
        denied: false,
        says: `${who} may still ${what}: another binding allows it, or the API server has not seen the change yet`,
      }
    : { denied: true, says: `${who} may no longer ${what}` };
}

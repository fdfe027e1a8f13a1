import type { KubeObject } from '../../k8s/object.ts';
import { type Clean, literal, sanitise } from '../../text/sanitise.ts';
import type { Api } from './api.ts';
import { failure } from './failure.ts';
import type { Outcome } from './outcome.ts';

/** One thing that someone may or may not do. */
export interface AccessQuestion {
  verb: string;
  group: string;
  /** Plural, as in URLs. */
  resource: string;
  subresource?: string;
  /** Absent: in all namespaces, or cluster scope. */
  namespace?: string;
  name?: string;
}

export interface AccessAnswer {
  question: AccessQuestion;
  /** `unknown` when the question could not be asked; never read it as a yes. */
  allowed: 'yes' | 'no' | 'unknown';
  reason?: Clean;
}

/** Who the server takes us for. */
export interface Subject {
  user: Clean;
  groups: Clean[];
  uid?: Clean;
}

/** A rule of a SelfSubjectRulesReview: what we may do in a namespace. */
export interface Rule {
  verbs: string[];
  groups: string[];
  resources: string[];
  resourceNames: string[];
}

export interface Rules {
  rules: Rule[];
  /** The list may be short of what another authoriser grants. */
  incomplete: boolean;
}

const PARALLEL = 12;
const AUTHORIZATION = 'authorization.k8s.io/v1';

/** Asks, for each question once, whether we may (or `subject` may: needs the right to ask for others). Answers come in the order of the questions. */
export async function checkAccess(
  api: Pick<Api, 'create'>,
  questions: readonly AccessQuestion[],
  options: { subject?: { user: string; groups?: string[] }; signal?: AbortSignal } = {},
): Promise<AccessAnswer[]> {
  const asked = new Map<string, Promise<Omit<AccessAnswer, 'question'>>>();
  const slot = limiter(PARALLEL);
  const answers = questions.map(async question => {
    const key = JSON.stringify([
      question.verb,
      question.group,
      question.resource,
      question.subresource,
      question.namespace,
      question.name,
    ]);
    const answer = asked.get(key) ?? slot(() => ask(api, question, options));
    asked.set(key, answer);
    return { question, ...(await answer) };
  });
  return Promise.all(answers);
}

async function ask(
  api: Pick<Api, 'create'>,
  question: AccessQuestion,
  { subject, signal }: { subject?: { user: string; groups?: string[] }; signal?: AbortSignal },
): Promise<Omit<AccessAnswer, 'question'>> {
  const spec = { resourceAttributes: question, ...(subject && { user: subject.user, groups: subject.groups ?? [] }) };
  const kind = subject ? 'SubjectAccessReview' : 'SelfSubjectAccessReview';
  const outcome = await api.create(review(kind, spec), signal ? { signal } : {});
  if (!outcome.ok) return { allowed: 'unknown', reason: outcome.message };
  const status = (outcome.value.status ?? {}) as { allowed?: boolean; reason?: string; evaluationError?: string };
  const reason = sanitise(status.reason || status.evaluationError, 300);
  return { allowed: status.allowed === true ? 'yes' : 'no', ...(reason !== '' && { reason }) };
}

/** Reviews are created but never stored, so they have no name. */
function review(kind: string, spec: unknown, apiVersion = AUTHORIZATION): KubeObject {
  return { apiVersion, kind, metadata: {} as KubeObject['metadata'], spec };
}

/** Runs at most `size` tasks at a time, in order. */
function limiter(size: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= size) await new Promise<void>(resolve => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** Who the server says we are, impersonation included. */
export async function whoAmI(api: Pick<Api, 'create'>, signal?: AbortSignal): Promise<Outcome<Subject>> {
  const outcome = await api.create(
    review('SelfSubjectReview', undefined, 'authentication.k8s.io/v1'),
    signal ? { signal } : {},
  );
  if (!outcome.ok) return outcome;
  const info = (
    outcome.value.status as { userInfo?: { username?: string; groups?: string[]; uid?: string } } | undefined
  )?.userInfo;
  if (!info?.username) return failure('server-error', literal('the server did not say who we are'), outcome.status);
  return {
    ...outcome,
    value: {
      user: sanitise(info.username, 256),
      groups: (info.groups ?? []).map(group => sanitise(group, 256)),
      ...(info.uid && { uid: sanitise(info.uid, 128) }),
    },
  };
}

/** All that we may do in a namespace, in one request; `incomplete` means that a missing rule proves nothing. */
export async function rulesIn(
  api: Pick<Api, 'create'>,
  namespace: string,
  signal?: AbortSignal,
): Promise<Outcome<Rules>> {
  const outcome = await api.create(review('SelfSubjectRulesReview', { namespace }), signal ? { signal } : {});
  if (!outcome.ok) return outcome;
  const status = (outcome.value.status ?? {}) as { resourceRules?: Record<string, string[]>[]; incomplete?: boolean };
  const rules = (status.resourceRules ?? []).map(rule => ({
    verbs: rule.verbs ?? [],
    groups: rule.apiGroups ?? [],
    resources: rule.resources ?? [],
    resourceNames: rule.resourceNames ?? [],
  }));
  return { ...outcome, value: { rules, incomplete: status.incomplete === true } };
}

/** Whether rules allow something, as the RBAC authoriser reads them: wildcards, subresources, and names. */
export function allowedBy(rules: readonly Rule[], question: AccessQuestion): boolean {
  const resource = question.subresource ? `${question.resource}/${question.subresource}` : question.resource;
  const has = (list: readonly string[], wanted: string) => list.includes('*') || list.includes(wanted);
  const anySub = question.subresource ? `*/${question.subresource}` : resource;
  return rules.some(
    rule =>
      has(rule.verbs, question.verb) &&
      has(rule.groups, question.group) &&
      (has(rule.resources, resource) || rule.resources.includes(anySub)) &&
      (rule.resourceNames.length === 0 || (question.name !== undefined && rule.resourceNames.includes(question.name))),
  );
}

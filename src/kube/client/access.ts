import type { KubeObject } from '../../k8s/object.ts';
import { type Clean, literal, sanitise } from '../../text/sanitise.ts';
import type { Api } from './api.ts';
import { failure } from './http/failure.ts';
import type { Outcome } from './http/outcome.ts';
import { pooled } from './pooled.ts';

/** One request that a user may or may not be allowed to make. */
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
  /** `unknown` when the review failed; never treat it as a yes. */
  allowed: 'yes' | 'no' | 'unknown';
  reason?: Clean;
}

/** The user as which the server has authenticated us. */
export interface Subject {
  user: Clean;
  groups: Clean[];
  uid?: Clean;
}

const PARALLEL_REVIEWS = 12;
const AUTHORIZATION = 'authorization.k8s.io/v1';

/**
 * Asks for each request whether we may make it, or whether `subject` may, which needs the permission to review access.
 * Answers come in the order of the questions.
 */
export async function checkAccess(
  api: Pick<Api, 'create'>,
  questions: readonly AccessQuestion[],
  options: { subject?: { user: string; groups?: string[] }; signal?: AbortSignal } = {},
): Promise<AccessAnswer[]> {
  const byKey = new Map(questions.map(question => [keyOf(question), question]));
  const answers = await pooled([...byKey], PARALLEL_REVIEWS, async ([key, question]) => {
    return [key, await ask(api, question, options)] as const;
  });
  const answerOf = new Map(answers);
  return questions.map(question => ({ question, ...(answerOf.get(keyOf(question)) ?? NOT_ASKED) }));
}

type Answer = Omit<AccessAnswer, 'question'>;

const NOT_ASKED: Answer = { allowed: 'unknown' };

const keyOf = ({ verb, group, resource, subresource, namespace, name }: AccessQuestion): string =>
  JSON.stringify([verb, group, resource, subresource, namespace, name]);

async function ask(
  api: Pick<Api, 'create'>,
  question: AccessQuestion,
  { subject, signal }: { subject?: { user: string; groups?: string[] }; signal?: AbortSignal },
): Promise<Answer> {
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

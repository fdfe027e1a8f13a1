import { createAuthorizer, type Granted } from '../authz/authorizer.ts';
import type { Attributes, Rule } from '../authz/rules.ts';
import type { UserInfo } from '../context.ts';
import { part } from '../defaults/fill.ts';
import { ISSUER } from '../http/tokens.ts';
import { isRecord, type KubeObject, timestamp } from '../object.ts';
import { badRequest, invalid } from '../status.ts';
import { invalidValue } from '../validate/field.ts';
import { decodeObject, expectedKindOf } from './decode.ts';
import { recordManagedFields } from './fields.ts';
import type { Call, Kernel } from './kernel.ts';

/** The user that a token belongs to; undefined for an unknown token. */
export type Authenticate = (token: string) => UserInfo | undefined;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function attributesOf(spec: Record<string, unknown>): Attributes {
  const paths = part(spec, 'nonResourceAttributes');
  const blank = { group: '', resource: '', subresource: '', namespace: '', name: '' };
  if (paths) return { ...blank, verb: text(paths.verb), path: text(paths.path) };
  const r = part(spec, 'resourceAttributes') ?? {};
  return {
    verb: text(r.verb),
    group: text(r.group),
    resource: text(r.resource),
    subresource: text(r.subresource),
    namespace: text(r.namespace),
    name: text(r.name),
  };
}

const userOf = (spec: Record<string, unknown>): UserInfo => ({
  username: text(spec.user),
  groups: Array.isArray(spec.groups) ? spec.groups.map(String) : [],
});

/** Answers an access review; nothing is stored. */
function accessReview(kernel: Kernel, call: Call, review: KubeObject): void {
  const spec = part(review, 'spec') ?? {};
  const self = call.info.kind === 'SelfSubjectAccessReview';
  const paths = part(spec, 'nonResourceAttributes');
  if (spec.resourceAttributes && paths)
    throw invalid(call.info.group, '', '', [
      invalidValue(
        'spec.nonResourceAttributes',
        { Path: text(paths.path), Verb: text(paths.verb) },
        'cannot be specified in combination with resourceAttributes',
      ),
    ]);
  if (!spec.resourceAttributes && !paths)
    throw invalid(call.info.group, '', '', [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
        field: 'spec.resourceAttributes',
      },
    ]);
  if (!self && !spec.user && !(Array.isArray(spec.groups) && spec.groups.length > 0))
    throw invalid(call.info.group, '', '', [
      invalidValue('spec.user', '', 'at least one of user or group must be specified'),
    ]);
  const wanted = attributesOf(spec);
  if (call.info.kind === 'LocalSubjectAccessReview' && wanted.namespace !== call.namespace)
    throw invalid(call.info.group, '', '', [
      invalidValue('spec.resourceAttributes.namespace', wanted.namespace, 'must match metadata.namespace'),
    ]);
  if (call.info.namespaced && call.namespace) review.metadata.namespace = call.namespace;
  const { allowed, reason } = createAuthorizer(kernel.store).decide(self ? call.user : userOf(spec), wanted);
  review.status = { allowed, ...(reason ? { reason } : {}) };
}

const ruleText = (rule: Rule) => ({
  verbs: rule.verbs,
  ...(rule.apiGroups ? { apiGroups: rule.apiGroups } : {}),
  ...(rule.resources ? { resources: rule.resources } : {}),
  ...(rule.resourceNames?.length ? { resourceNames: rule.resourceNames } : {}),
});

/** Everything the caller may do in a namespace. */
function rulesReview(kernel: Kernel, call: Call, review: KubeObject): void {
  const namespace = text(part(review, 'spec')?.namespace);
  if (!namespace) throw badRequest('no namespace on request');
  const { granted, missing } = createAuthorizer(kernel.store).rulesOf(call.user, namespace);
  const all: Granted[] = call.user.groups.includes('system:masters')
    ? [...granted, ...EVERYTHING.map(rule => ({ rule, through: '' }))]
    : granted;
  const rules = all.map(g => g.rule);
  review.spec = {};
  review.status = {
    resourceRules: rules.filter(r => r.resources).map(ruleText),
    nonResourceRules: rules
      .filter(r => r.nonResourceURLs)
      .map(r => ({ verbs: r.verbs, nonResourceURLs: r.nonResourceURLs })),
    incomplete: missing.length > 0,
    ...(missing.length > 0 ? { evaluationError: missing.join(', ') } : {}),
  };
}

const EVERYTHING: readonly Rule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function tokenReview(review: KubeObject, authenticate: Authenticate): void {
  if (!part(review, 'spec')?.token) throw badRequest('token is required for TokenReview in authentication');
  const user = authenticate(text(part(review, 'spec')?.token));
  review.status = user
    ? { authenticated: true, user, audiences: [ISSUER] }
    : { user: {}, error: 'invalid bearer token' };
}

/** Answers a review: an object that is created to ask a question. */
export function answerReview(kernel: Kernel, call: Call, body: unknown, authenticate: Authenticate): KubeObject {
  const review = decodeObject(kernel, call, body, expectedKindOf(call));
  const { kind } = call.info;
  if (kind === 'SelfSubjectReview') {
    const meta = review.metadata as unknown as Record<string, unknown>;
    meta.creationTimestamp = timestamp(kernel.clock.now());
    const { username, uid, groups, extra } = call.user;
    review.status = { userInfo: { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) } };
    return review;
  }
  if (kind === 'SelfSubjectRulesReview') {
    rulesReview(kernel, call, review);
    return review;
  }
  if (isRecord(review.spec)) delete review.status;
  recordManagedFields(kernel, call, undefined, review);
  if (kind === 'TokenReview') tokenReview(review, authenticate);
  else accessReview(kernel, call, review);
  return review;
}

const REVIEWS = new Set([
  'SelfSubjectReview',
  'TokenReview',
  'SelfSubjectAccessReview',
  'SubjectAccessReview',
  'LocalSubjectAccessReview',
  'SelfSubjectRulesReview',
]);

/** Whether creating an object of this kind asks a question instead of storing something. */
export const isReview = (kind: string): boolean => REVIEWS.has(kind);

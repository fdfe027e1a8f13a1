import { covers, readStrict } from '../experiment/yaml/read.ts';
import type { Json } from '../k8s/object.ts';
import type { CleanIssue } from '../text/issue.ts';
import {
  type Component,
  KNOWLEDGE,
  type Knowledge,
  type ManagedResource,
  type RawComponent,
  type RawKnowledge,
} from './document.ts';
import { frameworkIssues } from './judge.ts';

export type KnowledgeLoading =
  /** `doubts`: issues of the framework's own check, which do not prevent the use of a model. */
  { ok: true; knowledge: Knowledge; doubts: CleanIssue[] } | { ok: false; errors: CleanIssue[] };

/**
 * Reads one knowledge model; accepts what the framework's loader accepts, and reports everything else that is wrong
 * with it.
 */
export function loadKnowledge(source: string, path: string): KnowledgeLoading {
  const read = readStrict(source, KNOWLEDGE, { a: "an operator's knowledge model", each: 'model' });
  if (!read.ok) return { ok: false, errors: [read.issue] };
  if (read.issues.length > 0) return { ok: false, errors: read.issues.map(read.placed) };
  const raw = (read.value ?? {}) as RawKnowledge;
  const doubts = frameworkIssues(raw).filter(issue => !read.issues.some(other => covers(other.path, issue.path)));
  return { ok: true, knowledge: built(raw, path), doubts: doubts.map(read.placed) };
}

function built({ operator = {}, components = [], recovery = {} }: RawKnowledge, path: string): Knowledge {
  const { name = '', namespace = '', version } = operator;
  return {
    operator: { name, namespace, ...(version !== undefined && { version }) },
    components: components.map(builtComponent),
    ...(recovery.reconcileTimeout !== undefined && { reconcileTimeoutMs: recovery.reconcileTimeout }),
    path,
  };
}

function builtComponent(raw: RawComponent): Component {
  return {
    name: raw.name ?? '',
    controller: raw.controller ?? '',
    managedResources: (raw.managedResources ?? []).map(builtResource),
    dependencies: raw.dependencies ?? [],
    webhooks: (raw.webhooks ?? []).map(({ name = '', type = '', path = '' }) => ({ name, type, path })),
    finalizers: raw.finalizers ?? [],
  };
}

function builtResource(raw: NonNullable<RawComponent['managedResources']>[number]): ManagedResource {
  const { apiVersion = '', kind = '', name = '', namespace, labels, ownerRef, expectedSpec } = raw;
  const isMap = expectedSpec !== null && typeof expectedSpec === 'object' && !Array.isArray(expectedSpec);
  return {
    apiVersion,
    kind,
    name,
    ...(namespace && { namespace }),
    ...(labels && { labels }),
    ...(ownerRef && { ownerRef }),
    ...(isMap && { expectedSpec: expectedSpec as Readonly<Record<string, Json>> }),
  };
}

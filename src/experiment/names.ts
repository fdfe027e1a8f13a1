import { at, type Issue, quoted } from '../text/issue.ts';
import type { RawCheck, RawExperiment } from './document-shape.ts';

// The rules of Kubernetes itself: RFC 1123 subdomains and labels, segments of a path, and the Go identifiers that kinds are.
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const SEGMENT = /^[^\s/%\p{C}]+$/u;
const KIND = /^[A-Za-z][A-Za-z0-9]*$/;
const API_VERSION = /^([a-z0-9.-]+\/)?[a-z0-9]+$/;

const isSubdomain = (text: string) => text.length <= 253 && SUBDOMAIN.test(text);
const isSegment = (text: string) => text.length <= 253 && SEGMENT.test(text) && text !== '.' && text !== '..';

/** Names and namespaces that every cluster refuses. Missing ones are left to `validateDocument`. */
export function nameIssues(raw: RawExperiment): Issue[] {
  const { metadata = {}, spec = {} } = raw;
  return [
    ...issueUnless(isSubdomain, 'a Kubernetes name', 'metadata.name', metadata.name),
    ...namespaceIssue('metadata.namespace', metadata.namespace),
    ...(spec.blastRadius?.allowedNamespaces ?? []).flatMap((namespace, index) =>
      namespaceIssue(at('spec.blastRadius.allowedNamespaces', index), namespace),
    ),
    ...(spec.steadyState?.checks ?? []).flatMap((check, index) =>
      checkNameIssues(at('spec.steadyState.checks', index), check),
    ),
  ];
}

function checkNameIssues(path: string, check: RawCheck): Issue[] {
  return [
    ...namespaceIssue(at(path, 'namespace'), check.namespace),
    ...issueUnless(isSegment, 'the name of an object', at(path, 'name'), check.name),
    ...issueUnless(text => KIND.test(text), 'a kind such as Deployment', at(path, 'kind'), check.kind),
    ...issueUnless(
      text => API_VERSION.test(text),
      'a version such as apps/v1',
      at(path, 'apiVersion'),
      check.apiVersion,
    ),
  ];
}

const namespaceIssue = (path: string, namespace: string | undefined): Issue[] =>
  issueUnless(text => LABEL.test(text), 'the name of a namespace', path, namespace);

function issueUnless(
  fits: (text: string) => boolean,
  expected: string,
  path: string,
  found: string | undefined,
): Issue[] {
  if (found === undefined || found === '' || fits(found)) return [];
  return [{ path, message: `expected ${expected}, found ${quoted(found)}` }];
}

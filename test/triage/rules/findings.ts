import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Failure, Outcome } from '../../../src/kube/client/http/outcome.ts';
import type { Clean } from '../../../src/text/sanitise.ts';
import type { Finding } from '../../../src/triage/finding/finding.ts';
import { findingsOf, type Rule, type RuleInput } from '../../../src/triage/rule.ts';
import type { Answers, NamedRead } from '../../../src/triage/run/named-read.ts';
import { type Literal, type ViewOptions, viewOf } from '../../support/view.ts';

/** Server time of the tests. */
export const NOW = Date.parse('2026-11-28T12:00:00Z');
/** So many minutes before `NOW`, as the API server writes times. */
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString().replace('.000', '');

export interface Told extends ViewOptions {
  /** PEM of `tls.crt` by `namespace/secret`. */
  certificates?: Record<string, string>;
  /** Instances by kind. */
  instances?: Record<string, Literal[]>;
  /** Bodies by path. */
  paths?: Record<string, string>;
  /** Whole objects, by `Kind/namespace/name`. */
  whole?: Record<string, Literal>;
  /** Lines by `namespace/pod/container`. */
  logs?: Record<string, string[]>;
  /** Objects that named reads find, besides those of the view. */
  readable?: Literal[];
  /** What is forbidden: by the same keys, or whole kinds. */
  forbidden?: readonly string[];
}

const failed = (reason: Failure['reason'], message: string): Failure => ({
  ok: false,
  reason,
  status: reason === 'not-found' ? 404 : 403,
  message: message as Clean,
});

/** What a rule finds in a cluster of these objects; what it did not ask for is not answered. */
export function findings(rule: Rule, objects: readonly Literal[], told: Told = {}): Finding[] {
  const view = viewOf(objects, { now: NOW, ...told });
  const asked = [...(rule.asks?.({ view, now: NOW }) ?? [])];
  const looking: RuleInput = { view, now: NOW, answers: answersOf(told, asked) };
  return [...findingsOf(rule, looking)];
}

function answersOf(told: Told, asked: readonly NamedRead[]): Answers {
  const { readable = [] } = told;
  function answer<T>(
    wasAsked: (read: NamedRead) => boolean,
    key: string,
    value: T | undefined,
    kind = key,
  ): Outcome<T> | undefined {
    if (!asked.some(wasAsked)) return undefined;
    if (told.forbidden?.some(one => one === key || one === kind)) return failed('forbidden', `${key} is forbidden`);
    return value === undefined ? failed('not-found', `${key} not found`) : { ok: true, value, status: 200 };
  }
  return {
    log: ({ namespace, pod, container }) => {
      const key = `${namespace}/${pod}/${container}`;
      return answer(
        one => one.is === 'log' && one.pod === pod && one.container === container,
        key,
        told.logs?.[key] as Clean[] | undefined,
      );
    },
    object: ({ kind, namespace, name }) => {
      const key = `${kind}/${namespace ?? ''}/${name}`;
      return answer(
        one => one.is === 'object' && one.ref.kind === kind && one.ref.name === name,
        key,
        (told.whole?.[key] ?? readable.find(one => one.kind === kind && one.metadata.name === name)) as never,
        kind,
      );
    },
    instances: ({ kind, namespace }) => {
      const all = (
        told.instances === undefined ? readable.filter(one => one.kind === kind) : told.instances[kind]
      )?.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
      return answer(
        one => one.is === 'instances' && one.kind === kind && one.namespace === namespace,
        kind,
        all as unknown as KubeObject[] | undefined,
      );
    },
    certificates: (namespace, secret) => {
      const key = `${namespace}/${secret}`;
      const pem = told.certificates?.[key];
      return answer(
        one => one.is === 'certificates' && one.namespace === namespace && one.secret === secret,
        key,
        pem === undefined ? undefined : [{ name: 'tls.crt', pem }],
      );
    },
    marks: () => undefined,
    path: path => answer(one => one.is === 'path' && one.path === path, path, told.paths?.[path]),
  };
}

/** The commands that a finding offers. */
export const commandsOf = (found: Finding): string[] =>
  found.fixes.flatMap(({ command }) => (command === undefined ? [] : [command]));
/** All that a finding says. */
export const wordsOf = (found: Finding): string =>
  [
    found.summary,
    found.cause ?? '',
    ...found.evidence,
    ...found.fixes.map(({ text }) => text),
    ...commandsOf(found),
  ].join('\n');
/** `Kind/namespace/name` of every cause that it names. */
export const causesOf = (found: Finding): string[] =>
  found.because.map(({ kind, namespace, name }) => `${kind}/${namespace ?? ''}/${name}`);

import type { Experiment, SteadyStateCheck } from '../experiment/types.ts';
import type { Json, KubeObject } from '../k8s/object.ts';
import { formatDuration } from '../text/duration.ts';
import type { ExperimentKind } from './experiment-kind.ts';

type Members = Record<string, Json | undefined>;

/** The members without those that are undefined or empty lists or maps. */
const given = (members: Members): { [key: string]: Json } =>
  Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, Json] => entry[1] !== undefined && !(Array.isArray(entry[1]) && entry[1].length === 0),
    ),
  );

const duration = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : formatDuration(ms));

/**
 * The ChaosExperiment to create: only what the document says. What the document leaves to a default
 * is left to the CRD's.
 */
export function objectOf({ metadata, spec }: Experiment, kind: ExperimentKind): KubeObject {
  const { target, steadyState, injection, hypothesis, blastRadius } = spec;
  const { labels, annotations, namespace, name } = metadata;
  return {
    ...kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: given({
      // Zero stands for no value, and the CRD may reject it.
      tier: spec.tier === 0 ? undefined : spec.tier,
      target: given({ ...target }),
      steadyState: given({
        checks: steadyState.checks.map(check => given({ ...(check satisfies SteadyStateCheck) })),
        timeout: duration(steadyState.timeoutMs),
      }),
      injection: given({
        type: injection.type,
        parameters: injection.parameters,
        count: injection.count,
        ttl: duration(injection.ttlMs),
        dangerLevel: injection.dangerLevel,
      }),
      hypothesis: given({
        description: hypothesis.description,
        recoveryTimeout: hypothesis.recoveryTimeoutGiven ? duration(hypothesis.recoveryTimeoutMs) : undefined,
      }),
      blastRadius: given({
        maxPodsAffected: blastRadius.maxPodsAffected,
        allowedNamespaces: blastRadius.allowedNamespaces,
        forbiddenResources: blastRadius.forbiddenResources,
        allowDangerous: blastRadius.allowDangerous || undefined,
      }),
    }),
  };
}

/**
 * The path of each member that the server would drop or change. Members that it adds are
 * defaults, and are not listed.
 */
export function changedPaths(sent: unknown, kept: unknown, path = 'spec'): string[] {
  if (Array.isArray(sent)) {
    if (!Array.isArray(kept) || kept.length !== sent.length) return [path];
    return sent.flatMap((item, index) => changedPaths(item, kept[index], `${path}[${index}]`));
  }
  if (typeof sent !== 'object' || sent === null) return Object.is(sent, kept) ? [] : [path];
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return [path];
  return Object.entries(sent).flatMap(([name, value]) =>
    changedPaths(value, (kept as Record<string, unknown>)[name], `${path}.${name}`),
  );
}

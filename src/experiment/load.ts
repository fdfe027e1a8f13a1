import { createHash } from 'node:crypto';
import { isMap, isSeq, type Node } from 'yaml';
import type { Danger } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';
import { type CleanIssue, quoted } from '../text/issue.ts';
import { sanitise } from '../text/sanitise.ts';
import { EXPERIMENT, type RawCheck, type RawExperiment } from './document-shape.ts';
import { type Overrides, override } from './override.ts';
import type { Experiment, LoadedExperiment, SteadyStateCheck } from './types.ts';
import { faultType, KIND, validateDocument } from './validate-document.ts';
import { covers, readStrict } from './yaml/read.ts';

const DEFAULT_RECOVERY_MS = 60_000;

/** A loaded experiment, or what is wrong with the document. */
export type Loading =
  | { ok: true; loaded: LoadedExperiment; warnings: CleanIssue[] }
  | {
      ok: false;
      /** Everything wrong, in the order of the document's parts. */
      errors: CleanIssue[];
      warnings: CleanIssue[];
      /** As far as the document says so. */
      name?: string;
      type?: string;
    };

/**
 * Reads one ChaosExperiment from `source`, as strict as the framework's loader and with all rules that need no cluster; every error at once.
 * `path` only names the document in what follows.
 */
export function loadExperiment(source: string, path: string, overrides: Overrides = {}): Loading {
  const read = readStrict(source, EXPERIMENT, { a: `a ${KIND}`, each: 'experiment' });
  if (!read.ok) return failed([read.issue]);
  const [noFields] = isMap(read.root) ? [] : read.issues;
  if (noFields !== undefined) return failed([read.placed(noFields)]);
  const other = notAnExperiment(read.root, read.value as RawExperiment | undefined);
  if (other !== undefined) return failed([read.placed({ path: 'kind', message: other })]);
  const overridden = override((read.value ?? {}) as RawExperiment, overrides);
  const { raw } = overridden;
  const judged = validateDocument(raw);
  const errors = [
    ...read.issues,
    ...overridden.issues,
    // A part that could not be read is not missing as well.
    ...judged.errors.filter(issue => !read.issues.some(other => covers(other.path, issue.path))),
  ].map(read.placed);
  const warnings = judged.warnings.map(read.placed);
  const type = faultType(raw);
  if (errors.length > 0 || type === undefined) return failed(errors, warnings, raw);
  const sha256 = createHash('sha256').update(source, 'utf8').digest('hex');
  return { ok: true, loaded: { experiment: experimentOf(raw, type), path, sha256 }, warnings };
}

/** Why a document is not an experiment at all; then no other issue is reported. */
function notAnExperiment(root: Node, raw: RawExperiment | undefined): string | undefined {
  const { kind, apiVersion, spec } = raw ?? {};
  const saysNothing = !kind && !apiVersion && spec === undefined;
  if (saysNothing) return `expected ${KIND}, found nothing: neither kind, apiVersion nor spec is there`;
  if (kind === undefined || kind === '' || kind === KIND) return undefined;
  const items = isMap(root) ? root.get('items') : undefined;
  if (!isSeq(items)) return `expected ${KIND}, found ${quoted(kind)}`;
  return `expected one ${KIND}, found a ${sanitise(kind, 64)} of ${items.items.length}: put each experiment into a file of its own`;
}

function failed(errors: CleanIssue[], warnings: CleanIssue[] = [], raw: RawExperiment = {}): Loading {
  const name = raw.metadata?.name;
  const type = raw.spec?.injection?.type;
  return {
    ok: false,
    errors,
    warnings,
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
  };
}

/** The experiment of a valid document, with its defaults. */
function experimentOf(raw: RawExperiment, type: FaultType): Experiment {
  const { metadata = {}, spec = {} } = raw;
  const { injection = {}, hypothesis = {}, blastRadius = {}, steadyState = {}, target = {} } = spec;
  const { dangerLevel = '', ttl, count = 0, parameters = {} } = injection;
  const { recoveryTimeout } = hypothesis;
  return {
    apiVersion: raw.apiVersion ?? '',
    kind: raw.kind ?? '',
    metadata: {
      name: metadata.name ?? '',
      ...optional('namespace', metadata.namespace),
      ...optional('labels', metadata.labels && { ...metadata.labels }),
      ...optional('annotations', metadata.annotations && { ...metadata.annotations }),
    },
    spec: {
      tier: spec.tier ?? 0,
      target: {
        operator: target.operator ?? '',
        component: target.component ?? '',
        ...optional('resource', target.resource),
      },
      steadyState: { checks: (steadyState.checks ?? []).map(checkOf), ...optional('timeoutMs', steadyState.timeout) },
      injection: {
        type,
        ...optional('dangerLevel', dangerLevel === '' ? undefined : (dangerLevel as Danger)),
        parameters: { ...parameters },
        count: Math.max(count, 1),
        // Zero is the framework's way to say none.
        ...optional('ttlMs', ttl === 0 ? undefined : ttl),
      },
      hypothesis: {
        description: hypothesis.description ?? '',
        recoveryTimeoutMs: recoveryTimeout || DEFAULT_RECOVERY_MS,
        recoveryTimeoutGiven: recoveryTimeout !== undefined && recoveryTimeout > 0,
      },
      blastRadius: {
        maxPodsAffected: blastRadius.maxPodsAffected ?? 0,
        allowedNamespaces: [...new Set(blastRadius.allowedNamespaces)],
        forbiddenResources: [...new Set(blastRadius.forbiddenResources)],
        allowDangerous: blastRadius.allowDangerous === true,
        dryRun: blastRadius.dryRun === true,
      },
    },
  };
}

function checkOf(check: RawCheck): SteadyStateCheck {
  return {
    type: check.type as SteadyStateCheck['type'],
    apiVersion: check.apiVersion ?? '',
    kind: check.kind ?? '',
    name: check.name ?? '',
    ...optional('namespace', check.namespace || undefined),
    ...optional('conditionType', check.conditionType),
    ...optional('fieldPath', check.fieldPath),
    ...optional('expectedValue', check.expectedValue),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

import { createHash } from 'node:crypto';
import { isMap, isSeq, type Node } from 'yaml';
import type { Danger } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';
import { type CleanIssue, cleanIssue, type Issue, quoted } from '../text/issue.ts';
import { sanitise } from '../text/sanitise.ts';
import { EXPERIMENT, type RawCheck, type RawExperiment } from './document-shape.ts';
import { faultType, judge, KIND } from './judge.ts';
import { type Overrides, override } from './override.ts';
import type { Experiment, LoadedExperiment, SteadyStateCheck } from './types.ts';
import { decode } from './yaml/decode.ts';
import { openDocument } from './yaml/document.ts';

/** The framework's cap, and ours. */
export const MAX_BYTES = 1024 * 1024;
const DEFAULT_RECOVERY_MS = 60_000;

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
  const problem = tooLarge(source);
  if (problem !== undefined) return failed([cleanIssue({ path: '', message: problem })]);
  const opened = openDocument(source);
  if (!opened.ok)
    return failed([cleanIssue({ path: '', message: opened.message, line: lineAt(source, opened.offset) })]);
  const decoded = decode(opened.document, opened.root, EXPERIMENT);
  const other = otherKind(opened, decoded.value as RawExperiment | undefined);
  if (other !== undefined) {
    const offset = decoded.offsets.get('kind');
    return failed([
      cleanIssue({ path: 'kind', message: other, ...(offset === undefined ? {} : { line: lineAt(source, offset) }) }),
    ]);
  }
  const overridden = override((decoded.value ?? {}) as RawExperiment, overrides);
  const { raw } = overridden;
  const judged = judge(raw);
  const placed = (issue: Issue): CleanIssue => cleanIssue(withLine(issue, source, decoded.offsets));
  const errors = [
    ...decoded.issues,
    ...overridden.issues,
    // A part that could not be read is not missing as well.
    ...judged.errors.filter(issue => !decoded.issues.some(other => covers(other.path, issue.path))),
  ].map(placed);
  const warnings = judged.warnings.map(placed);
  const type = faultType(raw);
  if (errors.length > 0 || type === undefined) return failed(errors, warnings, raw);
  const sha256 = createHash('sha256').update(source, 'utf8').digest('hex');
  return { ok: true, loaded: { experiment: built(raw, type), path, sha256 }, warnings };
}

/** Why a document is no experiment at all: then nothing else about it is worth a word. */
function otherKind({ root }: { root: Node }, raw: RawExperiment | undefined): string | undefined {
  const { kind } = raw ?? {};
  if (kind === undefined || kind === '' || kind === KIND) return undefined;
  const items = isMap(root) ? root.get('items') : undefined;
  if (!isSeq(items)) return `expected ${KIND}, found ${quoted(kind)}`;
  return `expected one ${KIND}, found a ${sanitise(kind, 64)} of ${items.items.length}: put each experiment into a file of its own`;
}

function tooLarge(source: string): string | undefined {
  if (source.length <= MAX_BYTES / 3) return undefined;
  const size = Buffer.byteLength(source, 'utf8');
  return size > MAX_BYTES ? `expected at most 1 MiB, found ${(size / MAX_BYTES).toFixed(1)} MiB` : undefined;
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

function covers(broken: string, path: string): boolean {
  return path === broken || path.startsWith(`${broken}.`) || path.startsWith(`${broken}[`);
}

/** The line of the nearest part of the path that stands in the document. */
function withLine(issue: Issue, source: string, offsets: ReadonlyMap<string, number>): Issue {
  let path = issue.path;
  for (;;) {
    const offset = offsets.get(path);
    if (offset !== undefined && path !== '') return { ...issue, line: lineAt(source, offset) };
    const cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    if (cut <= 0) return issue;
    path = path.slice(0, cut);
  }
}

function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** A judged document with its defaults. */
function built(raw: RawExperiment, type: FaultType): Experiment {
  const { metadata = {}, spec = {} } = raw;
  const { injection = {}, hypothesis = {}, blastRadius = {}, steadyState = {}, target = {} } = spec;
  const { dangerLevel = '', ttl, count = 0, parameters = {} } = injection;
  const { recoveryTimeout } = hypothesis;
  return {
    apiVersion: raw.apiVersion ?? '',
    kind: raw.kind ?? '',
    metadata: {
      name: metadata.name ?? '',
      ...given('namespace', metadata.namespace),
      ...given('labels', metadata.labels && { ...metadata.labels }),
      ...given('annotations', metadata.annotations && { ...metadata.annotations }),
    },
    spec: {
      tier: spec.tier ?? 0,
      target: {
        operator: target.operator ?? '',
        component: target.component ?? '',
        ...given('resource', target.resource),
      },
      steadyState: { checks: (steadyState.checks ?? []).map(builtCheck), ...given('timeoutMs', steadyState.timeout) },
      injection: {
        type,
        ...given('dangerLevel', dangerLevel === '' ? undefined : (dangerLevel as Danger)),
        parameters: { ...parameters },
        count: Math.max(count, 1),
        // Zero is the framework's way to say none.
        ...given('ttlMs', ttl === 0 ? undefined : ttl),
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

function builtCheck(check: RawCheck): SteadyStateCheck {
  return {
    type: check.type as SteadyStateCheck['type'],
    apiVersion: check.apiVersion ?? '',
    kind: check.kind ?? '',
    name: check.name ?? '',
    ...given('namespace', check.namespace || undefined),
    ...given('conditionType', check.conditionType),
    ...given('fieldPath', check.fieldPath),
    ...given('expectedValue', check.expectedValue),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

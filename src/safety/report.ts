import type { LoadedExperiment } from '../experiment/types.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import type { Write } from '../injection/write/write.ts';
import type { Operation } from '../k8s/json-patch.ts';
import { type Json, type KubeObject, LAST_APPLIED } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';
import type { DryRunResult } from './dry-run.ts';
import type { GateResult } from './gate.ts';
import { resourceText } from './permissions.ts';
import type { Preflight } from './preflight.ts';

interface WriteReport {
  verb: string;
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  patchType?: string;
  /** The body as it would be sent, without values of Secrets. */
  body?: Json;
  says: string;
  /** The answer of the server to a dry run. */
  serverDryRun?: { ok: boolean; message: string };
}

/** The JSON of `mayday plan`. */
export interface PlanReport {
  experiment: string;
  type: string;
  context: string;
  namespace: string;
  /** Absent when everything is in order. */
  refusal?: { code: string; message: string };
  reads: string[];
  writes: WriteReport[];
  undo: { where: string; reversible: boolean };
  pods: { namespace: string; name: string; uid: string }[];
  permissions: {
    verb: string;
    group: string;
    resource: string;
    subresource?: string;
    namespace: string;
    for: 'inject' | 'revert';
    allowed: boolean | 'blind';
    /** What is lost without this permission; the injection is not refused because of it. */
    optional?: string;
  }[];
  gates: GateResult[];
  warnings: string[];
}

/** The JSON of `mayday plan` for a preflight. */
export function planReport(
  loaded: LoadedExperiment,
  context: string,
  preflight: Preflight,
  dryRun: readonly DryRunResult[] = [],
): PlanReport {
  const { plan } = preflight;
  const isRefused = isRefusal(plan);
  return {
    experiment: loaded.experiment.metadata.name,
    type: loaded.experiment.spec.injection.type,
    context,
    namespace: preflight.scope.namespace,
    ...(isRefused ? { refusal: { code: plan.code, message: plan.message } } : {}),
    reads: preflight.reads,
    writes: isRefused ? [] : plan.writes.map(write => writeReport(write, dryRun)),
    undo: isRefused ? { where: 'nothing would be written', reversible: true } : plan.undo,
    pods: isRefused ? [] : plan.pods,
    permissions: preflight.permissions.map(
      ({ verb, group, resource, subresource, namespace = '', for: purpose, allowed, optional }) => ({
        verb,
        group,
        resource,
        ...(subresource === undefined ? {} : { subresource }),
        namespace,
        for: purpose,
        allowed,
        ...(optional === undefined ? {} : { optional }),
      }),
    ),
    gates: preflight.gates,
    warnings: isRefused ? [] : plan.warnings,
  };
}

function writeReport(write: Write, dryRun: readonly DryRunResult[]): WriteReport {
  const { apiVersion, kind, namespace = '', name } = write.on;
  const tried = dryRun.find(result => result.write === write);
  return {
    verb: write.verb,
    apiVersion,
    kind,
    namespace,
    name,
    ...(write.verb === 'patch' ? { patchType: write.patchType } : {}),
    ...(write.verb === 'delete' ? {} : { body: shownBody(write) }),
    says: write.says,
    ...(tried === undefined ? {} : { serverDryRun: { ok: tried.ok, message: tried.message } }),
  };
}

/** Other people may see a plan on a screen or in a chat, so the values of a Secret are left out. */
function shownBody(write: Exclude<Write, { verb: 'delete' }>): Json {
  if (write.on.kind !== 'Secret') return write.body as Json;
  if (write.verb !== 'patch' || write.patchType !== 'json') return withoutValues(write.body as unknown as KubeObject);
  return (write.body as unknown as Operation[]).map(operation =>
    operation.op !== 'remove' && 'value' in operation && isSecretPointer(operation.path)
      ? { ...operation, value: hiddenValue(operation.value) }
      : operation,
  ) as unknown as Json;
}

/** Among annotations only the copy of the whole object may hold values of a Secret; the undo record must be shown. */
const isSecretPointer = (path: string): boolean =>
  /^\/(data|stringData)(\/|$)/.test(path) || path.endsWith(`/${LAST_APPLIED.replace('/', '~1')}`);

const VALUES = ['data', 'stringData'];

function withoutValues(object: KubeObject): Json {
  const hiddenParts = VALUES.filter(part => object[part] !== undefined).map(part => [
    part,
    Object.fromEntries(Object.entries(object[part] as Record<string, Json>).map(([key, v]) => [key, hiddenValue(v)])),
  ]);
  const { annotations } = object.metadata ?? {};
  const isCopied = annotations?.[LAST_APPLIED] !== undefined;
  return {
    ...object,
    ...Object.fromEntries(hiddenParts),
    ...(isCopied
      ? { metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: '(secret)' } } }
      : {}),
  } as unknown as Json;
}

const hiddenValue = (value: unknown): string =>
  typeof value === 'string' ? `(secret, ${Buffer.from(value, 'base64').length} bytes)` : '(secret)';

/** `mayday plan` for people. */
export function planLines(report: PlanReport): string[] {
  return [
    `${report.experiment}  ${report.type} in ${report.namespace}, context ${sanitise(report.context, 200)}`,
    ...section('WRITES', report.writes.flatMap(writeLines)),
    ...section('UNDO', [`${report.undo.where}${report.undo.reversible ? '' : '  NOT REVERSIBLE'}`]),
    ...section(
      `PODS IN REACH (${report.pods.length})`,
      report.pods.map(pod => `${pod.namespace}/${pod.name}  uid ${pod.uid}`),
    ),
    ...section('PERMISSIONS', report.permissions.map(permissionLine)),
    ...section(
      'GATES',
      report.gates.map(gate => `${gate.ok ? 'ok  ' : 'STOP'}  ${gate.gate}: ${sanitise(gate.reason, 500)}`),
    ),
    ...section(
      'WARNINGS',
      report.warnings.map(warning => sanitise(warning, 500)),
    ),
    verdictLine(report),
  ];
}

function writeLines(write: WriteReport, index: number): string[] {
  const on = { kind: write.kind, name: write.name, ...(write.namespace === '' ? {} : { namespace: write.namespace }) };
  const how = write.patchType === undefined ? write.verb : `${write.verb} (${write.patchType})`;
  const tried = write.serverDryRun;
  return [
    `${index + 1}. ${how} ${nameOf(on)}: ${write.says}`,
    ...(write.body === undefined ? [] : [`   ${sanitise(JSON.stringify(write.body), 2000)}`]),
    ...(tried === undefined
      ? []
      : [`   server dry run: ${tried.ok ? 'ok' : 'REFUSED'}, ${sanitise(tried.message, 500)}`]),
  ];
}

function permissionLine(permission: PlanReport['permissions'][number]): string {
  const { verb, namespace, for: purpose, allowed, optional } = permission;
  const answer = allowed === 'blind' ? 'BLIND ' : allowed ? 'yes   ' : 'DENIED';
  const where = namespace === '' ? '' : ` in ${namespace}`;
  const lost = optional === undefined || allowed === true ? '' : `; possible without: ${optional}`;
  return `${answer} ${purpose.padEnd(6)}  ${verb} ${resourceText(permission)}${where}${lost}`;
}

function verdictLine(report: PlanReport): string {
  if (report.refusal !== undefined) return `refused: ${report.refusal.message}`;
  const failed = report.gates.filter(gate => !gate.ok);
  const refusedWrites = report.writes.filter(write => write.serverDryRun?.ok === false);
  if (failed.length > 0) return `would be refused: ${failed.map(gate => gate.gate).join(', ')}`;
  return refusedWrites.length > 0 ? 'the server would refuse it' : 'ready: nothing was written';
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)];

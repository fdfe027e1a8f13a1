import type { CheckType, SteadyStateCheck } from '../../experiment/types.ts';
import { isSecretPath } from '../../injection/record/secret-text.ts';
import { fieldAt, printedAsGo } from '../../k8s/json-path.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Failure, Outcome } from '../../kube/client/http/outcome.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { CheckResult } from '../event.ts';

interface Condition {
  type?: string;
  status?: string;
  reason?: string;
}

/** A value cut to 120 characters, so that a line has room for other text. */
const short = (text: string): string => {
  const clean = sanitise(text);
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean;
};

/** The object of a check: in the check's own namespace, else in the experiment's target namespace; none for cluster-scoped kinds. */
export function checkedObject(
  check: SteadyStateCheck,
  targetNamespace: string,
  discovery: Discovery | undefined,
): ObjectRef {
  const ref: ObjectRef = { apiVersion: check.apiVersion, kind: check.kind, name: check.name };
  if (discovery?.byKind(check.apiVersion, check.kind)?.namespaced === false) return ref;
  return { ...ref, namespace: check.namespace || targetNamespace };
}

/** `Deployment kserve/kserve-controller-manager Available`. */
function checkName(check: SteadyStateCheck, ref: ObjectRef): string {
  const where = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  return sanitise(`${ref.kind} ${where} ${READINGS[check.type].subject(check)}`.trim());
}

/** Why something could not be read, in one phrase. */
export const blindness = (failure: Failure): string =>
  failure.status > 0
    ? `${failure.reason} (${failure.status}): ${short(failure.message)}`
    : `${failure.reason}: ${short(failure.message)}`;

const conditionsOf = (object: KubeObject): Condition[] => {
  const list = fieldAt(object, 'status.conditions').value;
  return Array.isArray(list) ? list.filter((item): item is Condition => item !== null && typeof item === 'object') : [];
};

function condition(check: SteadyStateCheck, object: KubeObject): { pass: boolean; actual: string } {
  const type = check.conditionType ?? '';
  const all = conditionsOf(object);
  if (all.length === 0) return { pass: false, actual: 'no conditions yet' };
  const found = all.find(one => one.type === type);
  if (!found) return { pass: false, actual: `no condition ${type}` };
  const why = found.status !== 'True' && found.reason ? ` (${found.reason})` : '';
  return { pass: found.status === 'True', actual: `${type}=${found.status ?? ''}${why}` };
}

function field(check: SteadyStateCheck, object: KubeObject): { pass: boolean; actual: string } {
  const at = fieldAt(object, check.fieldPath ?? '');
  if (!at.found) return { pass: false, actual: 'no such field' };
  const actual = printedAsGo(at.value);
  return {
    pass: actual === check.expectedValue,
    actual: isSecretPath(object.kind, check.fieldPath ?? '') ? '(secret)' : actual,
  };
}

/** How a check of one type is judged, and its texts. */
interface CheckReading {
  /** What is checked, such as a condition or a field; the last word of the check's name. */
  subject(check: SteadyStateCheck): string;
  expected(check: SteadyStateCheck): string;
  judge(check: SteadyStateCheck, object: KubeObject): { pass: boolean; actual: string };
}

const READINGS: Readonly<Record<CheckType, CheckReading>> = {
  conditionTrue: {
    subject: check => check.conditionType ?? '',
    expected: check => `${check.conditionType}=True`,
    judge: condition,
  },
  resourceExists: {
    subject: () => 'exists',
    expected: () => 'exists',
    judge: () => ({ pass: true, actual: 'exists' }),
  },
  fieldEquals: {
    subject: check => check.fieldPath ?? '',
    expected: check => (isSecretPath(check.kind, check.fieldPath ?? '') ? '(secret)' : (check.expectedValue ?? '')),
    judge: field,
  },
};

/**
 * Judges one check by the result of a GET. An object that is being deleted counts as gone. A read that failed is
 * `blind`: it says nothing about the system.
 */
export function evaluateCheck(check: SteadyStateCheck, ref: ObjectRef, got: Outcome<KubeObject>): CheckResult {
  const result = { name: checkName(check, ref), expected: short(READINGS[check.type].expected(check)) };
  if (!got.ok) {
    return got.reason === 'not-found'
      ? { ...result, state: 'fail', actual: 'not found' }
      : { ...result, state: 'blind', actual: blindness(got) };
  }
  if (got.value.metadata.deletionTimestamp) return { ...result, state: 'fail', actual: 'being deleted' };
  const judged = READINGS[check.type].judge(check, got.value);
  return { ...result, state: judged.pass ? 'pass' : 'fail', actual: short(judged.actual) };
}

/** One check with the object that it was judged by, so that the stricter evidence needs no second read. */
export interface Checked {
  ref: ObjectRef;
  result: CheckResult;
  object?: KubeObject;
}

/** Reads and judges every check; checks of one object share one GET. Failed reads do not throw. */
export async function runChecks(
  api: Api,
  checks: readonly SteadyStateCheck[],
  targetNamespace: string,
  discovery: Discovery | undefined,
  signal?: AbortSignal,
): Promise<Checked[]> {
  const reads = new Map<string, Promise<Outcome<KubeObject>>>();
  return Promise.all(
    checks.map(async check => {
      const ref = checkedObject(check, targetNamespace, discovery);
      const key = `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;
      const read = reads.get(key) ?? api.get(ref, { timeoutMs: 10_000, ...(signal ? { signal } : {}) });
      reads.set(key, read);
      const got = await read;
      return { ref, result: evaluateCheck(check, ref, got), ...(got.ok ? { object: got.value } : {}) };
    }),
  );
}

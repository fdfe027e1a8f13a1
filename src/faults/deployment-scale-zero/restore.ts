import type { FoundInjection } from '../../injection/found-injection.ts';
import { readMayday } from '../../injection/record/envelope.ts';
import { MAYDAY, ORIGINAL_REPLICAS } from '../../injection/record/markers.ts';
import { corrupt, restoreAndStrip } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import { REPLICAS, replicasOf } from './plan.ts';

const RECORD = ['f:metadata', 'f:annotations', `f:${ORIGINAL_REPLICAS}`];

/** `spec.replicas` is a 32-bit integer. */
const MOST = 2_147_483_647;

/**
 * Anybody may edit an annotation: a number of replicas beyond what an ordinary cluster can run is not written without a
 * person's confirmation.
 */
const PLAUSIBLE = 10_000;

/** The writes that restore the original, and whether that is still right. */
export function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const { [ORIGINAL_REPLICAS]: text, [MAYDAY]: facts } = victim.metadata.annotations ?? {};
  if (text === undefined) return corrupt(victim, 'carries no record of the original replicas');
  const original = /^[+]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(original <= MOST)) return corrupt(victim, `"${sanitise(text, 40)}" is no number of replicas`);
  const mayday = readMayday(facts);
  const is = replicasOf(victim);
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'DeploymentScaleZero',
      records: [ORIGINAL_REPLICAS, MAYDAY],
      mayday,
      value,
      what: 'the replicas',
    });
  const doubt = doubtful(victim, original, is);
  const put = back([test(REPLICAS, is), set(REPLICAS, original)]);
  if (doubt !== undefined) {
    const shown = { original: String(original), injected: '0', live: String(is) };
    return { is: 'diverged', writes: [is === original ? back([]) : put], ...shown, says: `${name}: ${doubt}` };
  }
  return threeWay({
    what: `the number of replicas of ${name}`,
    isOriginal: is === original,
    isInjected: is === 0 && isUntouched(victim, ['f:spec', 'f:replicas'], RECORD),
    original: String(original),
    injected: '0',
    live: String(is),
    put,
    strip: back([]),
  });
}

/** Why a well-formed record may still be wrong. */
function doubtful(victim: KubeObject, original: number, is: number): string | undefined {
  if (original > PLAUSIBLE && original !== is)
    return `the record says ${original} replicas, which no cluster would run`;
  if (original !== 0 || is !== 0) return undefined;
  const applied = appliedReplicas(victim);
  const hint = applied === undefined ? '' : `; ${applied} were last applied with kubectl`;
  return `the record says 0 replicas: either it was so before, or a second injection has overwritten it${hint}`;
}

function appliedReplicas(victim: KubeObject): number | undefined {
  try {
    const text = victim.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '{}';
    const replicas = (JSON.parse(text) as { spec?: { replicas?: unknown } }).spec?.replicas;
    return typeof replicas === 'number' ? replicas : undefined;
  } catch {
    return undefined;
  }
}

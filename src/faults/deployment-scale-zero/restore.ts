import type { FoundInjection } from '../../injection/found-injection.ts';
import { readMayday } from '../../injection/record/envelope.ts';
import { MAYDAY, ORIGINAL_REPLICAS } from '../../injection/record/markers.ts';
import { corrupt, restoreAndStrip } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, set, test } from '../../k8s/json-patch.ts';
import { type KubeObject, LAST_APPLIED } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import { REPLICAS, replicasOf } from './plan.ts';

const RECORD = ['f:metadata', 'f:annotations', `f:${ORIGINAL_REPLICAS}`];

/** `spec.replicas` is a 32-bit integer. */
const MAX_REPLICAS = 2_147_483_647;

/**
 * Anybody may edit an annotation, so a number of replicas beyond what an ordinary cluster can run is written only after
 * a person has confirmed it.
 */
const MAX_PLAUSIBLE = 10_000;

/** Decides whether the original number of replicas may be restored. */
export function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const { [ORIGINAL_REPLICAS]: text, [MAYDAY]: facts } = victim.metadata.annotations ?? {};
  if (text === undefined) return corrupt(victim, 'carries no record of the original replicas');
  const original = /^[+]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(original <= MAX_REPLICAS)) return corrupt(victim, `"${sanitise(text, 40)}" is no number of replicas`);
  const mayday = readMayday(facts);
  const current = replicasOf(victim);
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'DeploymentScaleZero',
      records: [ORIGINAL_REPLICAS, MAYDAY],
      mayday,
      value,
      what: 'the replicas',
    });
  const doubt = doubtAbout(victim, original, current);
  const put = back([test(REPLICAS, current), set(REPLICAS, original)]);
  if (doubt !== undefined) {
    const shown = { original: String(original), injected: '0', live: String(current) };
    return { is: 'diverged', writes: [current === original ? back([]) : put], ...shown, says: `${name}: ${doubt}` };
  }
  return threeWay({
    what: `the number of replicas of ${name}`,
    isOriginal: current === original,
    isInjected: current === 0 && isUntouched(victim, ['f:spec', 'f:replicas'], RECORD),
    original: String(original),
    injected: '0',
    live: String(current),
    put,
    strip: back([]),
  });
}

/** Why a well-formed undo record may still be wrong. */
function doubtAbout(victim: KubeObject, original: number, current: number): string | undefined {
  if (original > MAX_PLAUSIBLE && original !== current)
    return `the record says ${original} replicas, which no cluster would run`;
  if (original !== 0 || current !== 0) return undefined;
  const applied = appliedReplicas(victim);
  const hint = applied === undefined ? '' : `; ${applied} were last applied with kubectl`;
  return `the record says 0 replicas: either it was so before, or a second injection has overwritten it${hint}`;
}

function appliedReplicas(victim: KubeObject): number | undefined {
  try {
    const text = victim.metadata.annotations?.[LAST_APPLIED] ?? '{}';
    const replicas = (JSON.parse(text) as { spec?: { replicas?: unknown } }).spec?.replicas;
    return typeof replicas === 'number' ? replicas : undefined;
  } catch {
    return undefined;
  }
}

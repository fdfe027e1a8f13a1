import type { Live } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { fetchLive, objectIn } from '../../injection/live.ts';
import { readEnvelope } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { fields } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';

const NOT_SERVED = 'which the cluster no longer serves';
const WHEN_SERVED =
  'serve that version again and revert again, or restore the original by hand where the field is now and remove the marks with --strip-marks';
const CARRIER = 'the object at the recorded version';

/**
 * The API version for which the undo record gives its path, if the object was read in another version: a conversion between versions may
 * rename, move or drop the field.
 */
function recordedVersion({ type, live }: FoundInjection): { version: string; path: string } | undefined {
  if (type !== 'CRDMutation') return undefined;
  const envelope = readEnvelope(live.metadata.annotations?.[ROLLBACK_DATA] ?? '');
  const data = envelope.ok ? envelope.data : null;
  const { apiVersion: version, path } = fields(data);
  const isOther =
    typeof version === 'string' && version !== live.apiVersion && groupOf(version) === groupOf(live.apiVersion);
  return isOther ? { version, path: typeof path === 'string' ? path : 'a field' } : undefined;
}

/**
 * The found injection with its object read in the API version for which the record was made. `corrupt`, with the reason,
 * if that is impossible.
 */
export async function atRecordedVersion(
  api: Api,
  finding: FoundInjection,
  signal?: AbortSignal,
): Promise<{ finding: FoundInjection; live: Live }> {
  const recorded = recordedVersion(finding);
  if (recorded === undefined) return { finding, live: new Map() };
  const { version: apiVersion, path } = recorded;
  const { uid, ...ref } = refOf(finding.live);
  const live = await fetchLive(api, () => [{ key: CARRIER, get: { ...ref, apiVersion } }], signal);
  const seen = objectIn(live, CARRIER);
  const no = (why: string) => {
    const message = sanitise(
      `${nameOf(ref)}: its undo record is for ${path} in ${apiVersion}, ${why}; left as it is`,
      600,
    );
    return { finding: { ...finding, state: 'corrupt' as const, message }, live };
  };
  const discovery = await api.discovery();
  const isServed = !discovery.ok || discovery.value.byKind(apiVersion, ref.kind) !== undefined;
  if (isServed && seen.state === 'blind') return no(`which cannot be read (${seen.failure.message})`);
  if (seen.state !== 'found') {
    const { finding: left, live: read } = no(NOT_SERVED);
    return { finding: { ...left, unserved: true, message: `${left.message}: ${WHEN_SERVED}` }, live: read };
  }
  if (seen.value.metadata.uid !== uid) return no('where its name belongs to another object');
  const carrier: KubeObject = { ...seen.value, apiVersion };
  return { finding: { ...finding, live: carrier, object: refOf(carrier) }, live };
}

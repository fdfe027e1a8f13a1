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

const NOT_SERVED = 'which the cluster does not serve any more';
const WHEN_SERVED =
  'serve that version again and revert again, or put the original back by hand where the field is now and take the marks off with --strip-marks';
const CARRIER = 'the object at the recorded version';

/**
 * The version that the record names its path in, where the object was read in another one: with a conversion between them the field may
 * have another name and place here, or none.
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
 * The finding, with its object read in the API version that the record was made for. `corrupt`, with the reason, where
 * that is impossible.
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
      `${nameOf(ref)}: its record is about ${path} in ${apiVersion}, ${why}; left as it is`,
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
  if (seen.value.metadata.uid !== uid) return no('in which another object of its name was read');
  const carrier: KubeObject = { ...seen.value, apiVersion };
  return { finding: { ...finding, live: carrier, object: refOf(carrier) }, live };
}

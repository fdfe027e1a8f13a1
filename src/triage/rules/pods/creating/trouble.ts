import type { ClusterView, ViewObject } from '../../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../../k8s/fields.ts';
import { type MissingConfig, missingConfig } from '../missing-config.ts';
import { podRef } from '../unready-pods.ts';

/** What keeps a scheduled pod from starting its first container. */
export type Trouble =
  | { is: 'config'; missing: MissingConfig; volume: string }
  | { is: 'claim'; message: string }
  | { is: 'attach'; message: string }
  | { is: 'mount'; message: string; volume: string }
  | { is: 'sandbox'; message: string }
  | { is: 'unknown'; message: string };

/** What the events of the pod say, the most specific first, or what the view shows to be missing. */
export function troubleOf(view: ClusterView, pod: ViewObject): Trouble {
  const events = view.eventsAbout(podRef(pod));
  const messages = (reason: string) => events.filter(one => one.reason === reason).map(one => one.message);
  const mounts = messages('FailedMount');
  const setUp = mounts.find(one => !/^Unable to attach or mount volumes/.test(one)) ?? mounts[0];
  const volume = /volume "([^"]+)"/.exec(setUp ?? '')?.[1] ?? '';
  const missing = setUp === undefined ? undefined : missingConfig(setUp);
  if (missing)
    return {
      is: 'config',
      missing: { ...missing, name: missing.name ?? sourceOf(pod, volume, missing.kind) },
      volume,
    };
  const attach = messages('FailedAttachVolume')[0];
  if (attach !== undefined) return { is: 'attach', message: attach };
  const absent = absentConfig(view, pod);
  if (absent) return absent;
  const sandbox = messages('FailedCreatePodSandBox')[0];
  if (setUp !== undefined)
    return /persistentvolumeclaim|PVC|claim/i.test(setUp)
      ? { is: 'claim', message: setUp }
      : { is: 'mount', message: setUp, volume };
  if (sandbox !== undefined) return { is: 'sandbox', message: sandbox };
  return { is: 'unknown', message: events[0] ? `${events[0].reason}: ${events[0].message}` : '' };
}

/** The object that a volume gets its files from; a projected volume has several. */
function sourceOf(pod: ViewObject, volume: string, kind: MissingConfig['kind']): string | undefined {
  const found = list(pod.spec.volumes).find(one => text(one.name) === volume);
  const sources = [fields(found), ...list(fields(found?.projected).sources)];
  return sources
    .map(one =>
      kind === 'ConfigMap'
        ? text(fields(one.configMap).name)
        : text(fields(one.secret).secretName) || text(fields(one.secret).name),
    )
    .find(one => one !== '');
}

/** When the events have expired, the view still shows that a ConfigMap of a volume is missing. */
function absentConfig(view: ClusterView, pod: ViewObject): Trouble | undefined {
  if (view.sync('ConfigMap').state === 'blind') return undefined;
  for (const volume of list(pod.spec.volumes)) {
    const source = fields(volume.configMap);
    const name = text(source.name);
    if (name === '' || source.optional === true || view.get('ConfigMap', pod.metadata.namespace, name)) continue;
    return { is: 'config', missing: { kind: 'ConfigMap', name, key: undefined }, volume: text(volume.name) };
  }
  return undefined;
}

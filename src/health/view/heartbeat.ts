import { isDeepStrictEqual } from 'node:util';
import { fields, list } from '../../k8s/fields.ts';
import type { ViewObject } from './cluster-view.ts';

/**
 * Whether a node only reported in: every kubelet does that again and again, and nothing but the time of it and the version of the object
 * change. Of objects of other kinds, each change is one.
 */
export function isHeartbeatOnly(before: ViewObject | undefined, now: ViewObject | undefined): boolean {
  if (before === undefined || now === undefined || now.kind !== 'Node') return false;
  return isDeepStrictEqual(withoutHeartbeat(before), withoutHeartbeat(now));
}

function withoutHeartbeat({ metadata, status, ...rest }: ViewObject): object {
  const { resourceVersion: _version, ...kept } = metadata;
  const conditions = list(fields(status).conditions).map(({ lastHeartbeatTime: _at, ...condition }) => condition);
  return { ...rest, metadata: kept, status: { ...fields(status), conditions } };
}

import { isDeepStrictEqual } from 'node:util';
import { fields, list } from '../../k8s/fields.ts';
import type { ViewObject } from './cluster-view.ts';

/**
 * Whether two states of a node differ only by a heartbeat of its kubelet: in the heartbeat times and the resource version. False for
 * objects of other kinds, whose every change counts.
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

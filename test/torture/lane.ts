import type { LoadedExperiment } from '../../src/experiment/types.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { recorded } from '../support/recorded.ts';
import type { Stage } from './world.ts';

/** A part of a cluster in which one trial after the other takes place, beside those of other lanes. */
export interface Lane {
  namespace: string;
  /** The stage with names of its own. */
  staged(stage: Stage): Stage;
  /** Whether the finding is of this stage in this lane. */
  isMine(stage: Stage): (found: { type: string; object: ObjectRef }) => boolean;
}

/** The recorded names that more than one stage uses. */
const NAMES = ['shop', 'checkout'];

export function laneOf(number: number): Lane {
  const mark = String.fromCharCode('a'.charCodeAt(0) + number);
  const renamed = <T>(value: T): T =>
    JSON.parse(NAMES.reduce((text, name) => text.replaceAll(name, `${name}${mark}`), JSON.stringify(value)));
  const own = NAMES.map(name => `${name}${mark}`);
  return {
    namespace: `shop${mark}`,
    staged: stage => ({
      ...stage,
      objects: renamed(stage.objects),
      loaded: renamed<LoadedExperiment>(stage.loaded),
    }),
    isMine:
      ({ type }) =>
      ({ type: found, object }) =>
        // What WebhookLatency makes is named after what it slows down.
        found === type && (type === 'WebhookLatency' || own.some(name => JSON.stringify(object).includes(name))),
  };
}

/** The stage as controllers let it be: pods and owners that really exist, addresses that the server chooses. */
export function grounded(stage: Stage): Stage {
  const [workload] = recorded('crash-loop', 'before');
  if (workload === undefined) throw new Error('expected a recorded Deployment');
  const named = (name: string): KubeObject => ({ ...workload, metadata: { ...workload.metadata, name } });
  const rest = stage.objects.filter(({ kind }) => kind !== 'Pod').map(object => asItIs(object, named));
  const pods = stage.objects.filter(({ kind }) => kind === 'Pod');
  const isOwned = rest.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name !== 'bystander');
  const owners = pods.length > 0 && !isOwned ? [named('checkout')] : [];
  return { ...stage, objects: [...owners, ...rest] };
}

function asItIs(object: KubeObject, named: (name: string) => KubeObject): KubeObject {
  if (object.kind === 'Deployment' && object.spec === undefined) {
    const owner = named(object.metadata.name);
    return { ...owner, metadata: { ...owner.metadata, uid: object.metadata.uid ?? '' } };
  }
  if (object.kind !== 'Service') return object;
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = object.spec as Record<string, unknown>;
  return { ...object, spec };
}

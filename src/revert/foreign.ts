import type { Finding } from '../injection/finding.ts';
import type { KubeObject } from '../kube/object.ts';
import { sanitise } from '../text/sanitise.ts';
import { findingId, refOf } from './recognise.ts';

type Meta = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** What another chaos tool leaves on a cluster, and how it is got rid of: by that tool, never by us. */
interface Tool {
  name: string;
  /** Whether metadata alone is reason to look. */
  isSuspect(object: Meta): boolean;
  /** What is still in, in a phrase; undefined where the tool itself says that it is over. */
  remains(object: KubeObject): string | undefined;
  advice: string;
}

const groupOf = ({ apiVersion }: Meta) => apiVersion.split('/')[0] ?? '';
const hasFinalizer = ({ metadata }: Meta, finalizer: string) => metadata.finalizers?.includes(finalizer) === true;
const isLeaving = ({ metadata }: Meta) => metadata.deletionTimestamp !== undefined;
const statusOf = (object: KubeObject) => (object.status ?? {}) as Record<string, unknown>;

/** The groups whose objects are few and are all looked at, also by a fast scan. */
export const FOREIGN_GROUPS: ReadonlySet<string> = new Set(['chaos-mesh.org', 'litmuschaos.io']);

const RECORDS = 'chaos-mesh/records';
const ENGINE = 'chaosengine.litmuschaos.io/finalizer';

const TOOLS: readonly Tool[] = [
  {
    name: 'Chaos Mesh',
    isSuspect: object =>
      (groupOf(object) === 'chaos-mesh.org' && object.kind.endsWith('Chaos')) || hasFinalizer(object, RECORDS),
    remains: object => {
      const conditions = statusOf(object).conditions as { type?: string; status?: string }[] | undefined;
      const isRecovered = conditions?.some(({ type, status }) => type === 'AllRecovered' && status === 'True') === true;
      if (isRecovered && !isLeaving(object)) return undefined;
      return isLeaving(object)
        ? `${object.kind} is Terminating, held by its recovery`
        : `${object.kind} is not recovered`;
    },
    advice:
      'delete it while the Chaos Mesh controller runs, which recovers it; its finalizer taken away leaves the fault in',
  },
  {
    name: 'Litmus',
    isSuspect: object =>
      (groupOf(object) === 'litmuschaos.io' && ['ChaosEngine', 'ChaosResult'].includes(object.kind)) ||
      hasFinalizer(object, ENGINE) ||
      object.metadata.labels?.chaosUID !== undefined,
    remains: litmusRemains,
    advice: 'set spec.engineState of its ChaosEngine to stop, and let its helper pods end by themselves',
  },
  {
    name: 'krkn',
    isSuspect: object => object.metadata.labels?.krkn === 'chaos',
    remains: object => `${object.kind} made by krkn`,
    advice: 'end the krkn run, or run its rollback where it ran',
  },
];

const OVER = ['completed', 'stopped'];

function litmusRemains(object: KubeObject): string | undefined {
  if (object.kind === 'ChaosEngine') {
    const phase = String(statusOf(object).engineStatus ?? '');
    if (isLeaving(object)) return 'ChaosEngine is Terminating, held by its finalizer';
    return OVER.includes(phase) ? undefined : `ChaosEngine is ${phase === '' ? 'not started' : phase}`;
  }
  if (object.kind !== 'ChaosResult') return `${object.kind} of a Litmus experiment`;
  const { history } = statusOf(object) as { history?: { targets?: { name?: string; chaosStatus?: string }[] } };
  const held = (history?.targets ?? []).filter(({ chaosStatus }) =>
    ['injected', 'targeted'].includes(chaosStatus ?? ''),
  );
  return held.length === 0
    ? undefined
    : `still ${held.map(({ name, chaosStatus }) => `${chaosStatus}: ${name}`).join(', ')}`;
}

/** Whether metadata alone is reason to read the whole object: it looks like another chaos tool's. */
export const isForeignSuspect = (object: Meta): boolean => TOOLS.some(tool => tool.isSuspect(object));

/** What another chaos tool has left in, as a finding that is shown and never touched; undefined where it is none or is over. */
export function foreignFinding(object: KubeObject): Finding | undefined {
  const tool = TOOLS.find(one => one.isSuspect(object));
  const remains = tool?.remains(object);
  if (tool === undefined || remains === undefined) return undefined;
  const ref = refOf(object);
  const since = Date.parse(object.metadata.creationTimestamp ?? '');
  return {
    id: findingId('foreign', ref),
    type: 'unknown',
    object: ref,
    live: object,
    state: 'foreign',
    source: tool.name,
    tool: 'other',
    ...(Number.isNaN(since) ? {} : { injectedAt: since }),
    message: sanitise(`${tool.name}: ${remains}; ${tool.advice}`, 400),
  };
}

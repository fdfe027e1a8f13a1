import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text, time } from '../../../k8s/fields.ts';
import type { KubeObject } from '../../../k8s/object.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';

/** A sign of another chaos tool on an object of the view. */
interface Trace {
  tool: string;
  what: string;
}

const RECORDS = 'chaos-mesh/records';
const OURS = 'operator-chaos';
/** The chaos tool to which an API group belongs. */
const GROUPS: Readonly<Record<string, string>> = {
  'chaos.operatorchaos.io': OURS,
  'chaos-mesh.org': 'Chaos Mesh',
  'litmuschaos.io': 'Litmus',
  'chaosblade.io': 'ChaosBlade',
  'chaos.datadoghq.com': 'DataDog',
};
/** Kinds that hold a part or the result of an injection. They are left out, because the injection itself is reported. */
const PARTS = /^(Pod(Network|IO|Http)Chaos|ChaosResult|RemoteCluster|StatusCheck|WorkflowNode|PhysicalMachine)$/;
const PAUSE_IMAGE = /(^|\/)google-containers\/pause(-amd64)?(:|@|$)/;

function traceOf({ kind, metadata, spec, status }: ViewObject): Trace | undefined {
  const { annotations, labels, finalizers, name } = metadata;
  if (finalizers.includes(RECORDS)) return { tool: 'Chaos Mesh', what: `finalizer ${RECORDS}` };
  const image = Object.keys(annotations).find(key => /^chaos-(mesh|operator)-.+-image$/.test(key));
  if (kind === 'Pod' && image !== undefined)
    return { tool: 'Chaos Mesh', what: `annotation ${image}: a pod-failure experiment replaced the image` };
  const pod = kind === 'Pod' ? spec : fields(fields(spec.template).spec);
  const paused = list(pod.containers).find(one => PAUSE_IMAGE.test(text(one.image)));
  if (paused !== undefined && kind !== 'ReplicaSet')
    return {
      tool: 'Chaos Mesh',
      what: `container ${text(paused.name)} image: ${text(paused.image)}, as a pod-failure experiment sets it`,
    };
  const ended = kind === 'Pod' && ['Succeeded', 'Failed'].includes(text(status.phase));
  if (ended) return undefined;
  if (labels.krkn === 'chaos') return { tool: 'krkn', what: 'label krkn: chaos' };
  const disruption = labels['chaos.datadoghq.com/disruption-name'];
  if (kind === 'Pod' && disruption !== undefined)
    return { tool: 'DataDog', what: `label chaos.datadoghq.com/disruption-name: ${disruption}` };
  if (kind === 'Pod' && name.startsWith('fispod-')) return { tool: 'AWS FIS', what: 'a pod of AWS FIS is running' };
  return undefined;
}

const KINDS = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'NetworkPolicy', 'ConfigMap'] as const;

function* kindsOfOthers(view: ClusterView): Iterable<{ apiVersion: string; kind: string; tool: string }> {
  for (const { group, apiVersion, kind } of view.discovery?.resources ?? []) {
    const tool = GROUPS[group];
    // Litmus keeps its catalogue of faults in the kind ChaosExperiment, which is also the name of a kind of operator-chaos.
    const isCatalogue = group === 'litmuschaos.io' && kind === 'ChaosExperiment';
    if (
      tool !== undefined &&
      !isCatalogue &&
      /Chaos|Schedule|Workflow|Engine|Blade|Disruption/.test(kind) &&
      !PARTS.test(kind)
    )
      yield { apiVersion, kind, tool };
  }
}

/** Injections of other chaos tools: their own objects, and what they left on others. */
export const otherTool: Rule = {
  id: 'chaos/other-tool',
  gate: 'G1',
  needs: ['Pod', 'Deployment'],
  wants: ['StatefulSet', 'DaemonSet', 'Job', 'NetworkPolicy', 'ConfigMap'],
  about: {
    looksAt:
      'Objects of Chaos Mesh, Litmus, ChaosBlade, DataDog, krkn and AWS FIS, and the labels, annotations, finalizers and images that those tools set on pods and workloads.',
    why: 'Another team may be running a chaos experiment: what it breaks is intended, and recovers when the experiment ends.',
    whatToDo:
      'Stop the experiment with the tool that started it, so that the tool restores what it changed. `mayday revert --others` asks each tool to stop its experiments.',
  },
  *asks({ view }) {
    for (const { apiVersion, kind } of kindsOfOthers(view))
      yield { is: 'instances', apiVersion, kind } satisfies NamedRead;
  },
  *look(looking) {
    yield* traces(looking);
    yield* experiments(looking);
  },
};

const fixesOf = (view: ClusterView) => [
  { text: 'Ask the tool to stop its experiments.', command: command(view, ['mayday', 'revert', '--others']) },
  { text: 'See what other chaos tools have in the cluster.', command: command(view, ['mayday', 'scan']) },
];

/** Signs of other tools on pods and workloads, and the pods that those tools run. */
function* traces({ view }: RuleInput): Iterable<FindingDraft> {
  for (const object of view.all(...KINDS)) {
    const trace = traceOf(object);
    if (trace === undefined) continue;
    const at = time(object.metadata.creationTimestamp);
    yield {
      severity: 'high',
      object,
      summary: `a chaos injection of ${trace.tool}`,
      since: at === undefined ? undefined : { at, exact: false },
      evidence: [trace.what],
      cause: `${trace.tool} has injected a fault here.`,
      fixes: fixesOf(view),
    };
  }
}

/** The custom resources through which other tools inject. */
function* experiments({ view, answers }: RuleInput): Iterable<FindingDraft> {
  for (const { apiVersion, kind, tool } of kindsOfOthers(view)) {
    const instances = answers.instances({ is: 'instances', apiVersion, kind });
    for (const { metadata } of instances?.ok ? instances.value : [])
      yield experiment(view, tool, { apiVersion, kind, metadata });
  }
}

/** A finalizer shows that the fault is injected; without one it has not started or has ended. */
function experiment(view: ClusterView, tool: string, { apiVersion, kind, metadata }: KubeObject): FindingDraft {
  const { namespace, name, finalizers = [], deletionTimestamp } = metadata;
  const at = time(metadata.creationTimestamp);
  const isHeld = finalizers.length > 0;
  return {
    severity: isHeld ? 'high' : 'warn',
    object: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    summary: `a chaos experiment of ${tool}${deletionTimestamp === undefined ? '' : ', Terminating: it waits for its recovery'}`,
    since: at === undefined ? undefined : { at, exact: true },
    evidence: [`metadata.finalizers: ${finalizers.join(', ') || 'none'}`],
    cause: `${tool} injects, or has injected, a fault through this object.`,
    fixes:
      tool === OURS
        ? [{ text: 'Revert the injections of all experiments.', command: command(view, ['mayday', 'revert', '--all']) }]
        : fixesOf(view),
  };
}

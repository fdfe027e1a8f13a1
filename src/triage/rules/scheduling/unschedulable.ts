import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { addedBy, addedSelector } from '../../added-at-admission.ts';
import { type FixDraft, finding, refOf } from '../../build.ts';
import { condition, created, quoted, sinceTime } from '../../fields.ts';
import type { Cause } from '../../finding.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { command, named } from '../../shell.ts';
import { describe, edit } from '../pods/fixes.ts';
import { POD_OWNERS } from '../pods/owner.ts';
import {
  howMany,
  PENDING_TOO_LONG,
  podNames,
  podRef,
  type UnwellPods,
  unwellPodGroups,
  usualCauses,
} from '../pods/unwell-pods.ts';
import { claimsOf } from '../storage/claims.ts';
import { nodeOfDaemon, repelling, taintWords } from './node-match.ts';
import { labelTypos, type Obstacles, obstaclesOf, obstacleWords } from './obstacles.ts';
import { amountWords, freeOnNodes, requestsOf } from './resources.ts';
import { type Constraint, constraintOf, type Passed, passedOver } from './words.ts';

/** Pods that have been unschedulable for a while, grouped by workload. */
export const unplaced = (
  looking: Pick<RuleInput, 'view' | 'now'>,
): UnwellPods<{ message: string; constraints: Constraint[] }>[] =>
  unwellPodGroups(looking, pod => {
    const scheduled = condition(pod, 'PodScheduled');
    const isStuck =
      scheduled?.status === 'False' &&
      scheduled.reason === 'Unschedulable' &&
      looking.now - (scheduled.since ?? created(pod)) >= PENDING_TOO_LONG;
    if (!isStuck) return undefined;
    const constraints = [...new Set(passedOver(scheduled.message).map(one => constraintOf(one.reason)))];
    return { key: '', what: { message: scheduled.message, constraints } };
  });

/** A workload whose pods fit on no node: which constraint, and how close each node is. */
export const unschedulable: Rule = {
  id: 'pod/unschedulable',
  gate: 'G9',
  needs: ['Pod'],
  wants: [
    'Node',
    'PersistentVolumeClaim',
    'PersistentVolume',
    ...POD_OWNERS,
    'Namespace',
    'LimitRange',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
  ],
  about: {
    looksAt:
      'The words of the scheduler in the condition PodScheduled of pods that have waited for more than two minutes, compared with the labels, taints and free resources of every node.',
    why: 'A pod that no node takes stays Pending until something changes: nothing tries it elsewhere.',
    whatToDo:
      'Correct the nodeSelector or affinity, add a toleration, ask for less, or give the cluster a node that fits.',
  },
  *look(looking) {
    const groups = unplaced(looking);
    if (groups.length === 0) return;
    const free = freeOnNodes(looking.view);
    for (const sick of groups) yield found(looking.view, sick, free);
  },
};

function found(view: ClusterView, sick: ReturnType<typeof unplaced>[number], free: ReturnType<typeof freeOnNodes>) {
  const { top, pods, what } = sick;
  const pod = pods[0] as ViewObject;
  const only = nodeOfDaemon(pod);
  // A DaemonSet pod is for one node, so reasons about other nodes are left out.
  const passed = passedOver(what.message).filter(one => only === undefined || constraintOf(one.reason) !== 'selector');
  const nodes = obstaclesOf(view, pod, free).filter(one => only === undefined || one.node.metadata.name === only);
  const explained = passed.map(one => ({ one, explanation: explain(view, pod, one, free) }));
  const since = condition(pod, 'PodScheduled')?.since;
  const scheduled = condition(pod, 'PodScheduled');
  const most = [...explained].sort((a, b) => (b.one.nodes ?? 1e9) - (a.one.nodes ?? 1e9));
  return finding({
    rule: 'pod/unschedulable',
    severity: 'high',
    object: top.object ?? top.ref,
    summary: `${howMany(sick)} unschedulable: ${most.map(({ one, explanation }) => `${explanation.what}${one.nodes === undefined ? '' : ` (${counted(one.nodes, 'node')})`}`).join('; ') || what.message}`,
    since: sinceTime(since, created(pod)),
    evidence: [
      podNames(pods),
      scheduled && quoted(scheduled),
      `asks for: ${asksFor(pod)}`,
      ...nodes.slice(0, 6).map(obstacleWords),
      nodes.length > 6 && `and ${nodes.length - 6} more nodes`,
    ],
    cause:
      most
        .map(({ explanation }) => explanation.why)
        .filter(one => one !== '')
        .join(' ') || what.message,
    fixes: [
      ...most.flatMap(({ explanation }) =>
        explanation.fixes.map(text => (typeof text === 'string' ? edit(view, top, text) : text)),
      ),
      describe(view, podRef(pod), 'Read every event of the pod.'),
    ],
    because: [
      ...usualCauses(sick),
      ...nodeCauses(nodes),
      ...claimCauses(view, pod),
      ...most.flatMap(({ explanation }) => explanation.because ?? []),
    ],
  });
}

const asksFor = (pod: ViewObject): string =>
  [...requestsOf(pod)]
    .filter(([name]) => name !== 'pods')
    .map(([name, amount]) => `${name} ${amountWords(name, amount)}`)
    .join(', ') || 'no resources';

/**
 * Nodes that would fit but for a taint or cordon of their own explain it; nodes that the pod's own constraints
 * exclude do not.
 */
function nodeCauses(nodes: readonly Obstacles[]): Cause[] {
  return nodes
    .filter(
      ({ found }) =>
        found.some(one => one.constraint === 'cordoned' || one.constraint === 'taint') &&
        found.every(one => one.constraint !== 'selector' && one.constraint !== 'resources'),
    )
    .map(({ node }) => ({ kind: 'Node', name: node.metadata.name, rule: 'node/' }));
}

const claimCauses = (view: ClusterView, pod: ViewObject): Cause[] =>
  claimsOf(view, pod).flatMap(({ name, claim }) => [
    { kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace ?? '', name },
    ...(text(claim?.spec.volumeName) ? [{ kind: 'PersistentVolume', name: text(claim?.spec.volumeName) }] : []),
  ]);

interface Explanation {
  what: string;
  why: string;
  /** A string is a change of the workload. */
  fixes: (string | FixDraft)[];
  because?: Cause[];
}

function explain(
  view: ClusterView,
  pod: ViewObject,
  { reason }: Passed,
  free: ReturnType<typeof freeOnNodes>,
): Explanation {
  switch (constraintOf(reason)) {
    case 'selector':
      return explainSelector(view, pod);
    case 'resources':
      return explainResources(view, pod, reason, free);
    case 'taint':
      return explainTaint(view, pod, reason);
    case 'cordoned':
      return {
        what: 'nodes are cordoned',
        why: 'Nodes that are cordoned (spec.unschedulable) take no new pods.',
        fixes: cordoned(view)
          .slice(0, 3)
          .map(name => ({
            text: `Uncordon node ${name}, if its maintenance is over.`,
            command: command(view, ['kubectl', 'uncordon', name]),
          })),
      };
    case 'claim':
      return explainClaim(view, pod, reason);
    case 'volume':
      return explainVolumes(view, pod, reason);
    case 'ports':
      return {
        what: `host ports are taken (${hostPorts(pod)})`,
        why: `The pod wants host ports ${hostPorts(pod)}, which other pods hold on these nodes.`,
        fixes: ['Leave out hostPort or hostNetwork, or run no more of these pods than there are nodes.'],
      };
    case 'spread':
      return explainSpread(view, pod, reason);
    case 'affinity':
      return explainAffinity(pod, reason);
    default:
      return { what: reason, why: '', fixes: [] };
  }
}

function explainSelector(view: ClusterView, pod: ViewObject): Explanation {
  const { slips, unmet } = labelTypos(view, pod);
  const foreign = addedSelector(view, pod);
  const added = unmet.some(({ key }) => foreign.includes(key)) ? addedBy(view, pod, foreign) : undefined;
  const wanted = unmet.map(({ key, values }) => `${key}=${values.join('|')}`).join(', ');
  if (unmet.length === 0)
    return {
      what: "nodes don't match the nodeSelector or node affinity",
      why: 'Nodes that have the wanted labels are ruled out for other reasons.',
      fixes: [],
    };
  const near = slips.map(slip => `nodes carry ${slip.near.key}=${slip.near.value}`).join(', ');
  return {
    what: `no node matches nodeSelector or affinity ${wanted}${near && `; ${near}`}`,
    why: `The pods ask for nodes labelled ${wanted}, and no node carries that.${near && ` Nearly so: ${near}.`}${added ? ` ${added.words}` : ''}`,
    ...(added && { because: added.because }),
    fixes: [
      ...(added?.fixes ?? []),
      ...slips.map(
        ({ key, wanted, near }) =>
          `Correct the nodeSelector or affinity: ${near.key}=${near.value}, not ${key}=${wanted}.`,
      ),
      ...unmet.slice(0, 1).map(({ key, values }) => ({
        text: `Or label the nodes that are meant.`,
        command: command(view, ['kubectl', 'label', 'node', 'NODE', `${key}=${values[0] ?? ''}`]),
      })),
      ...(slips.length === 0 && added === undefined
        ? ['Correct the nodeSelector or node affinity, or leave it out.']
        : []),
    ],
  };
}

/** The LimitRanges that gave a pod its request, as an annotation of the API server says: the template has none. */
function givenByRange(view: ClusterView, pod: ViewObject, resource: string): ViewObject[] {
  const said = pod.metadata.annotations['kubernetes.io/limit-ranger'] ?? '';
  if (!new RegExp(`\\b${resource} request\\b|[:,] ${resource}[,\\s].* request\\b`).test(said)) return [];
  return view
    .inNamespace('LimitRange', pod.metadata.namespace ?? '')
    .filter(range =>
      list(range.spec.limits).some(
        one => fields(one.defaultRequest)[resource] !== undefined || fields(one.default)[resource] !== undefined,
      ),
    );
}

function explainResources(
  view: ClusterView,
  pod: ViewObject,
  reason: string,
  free: ReturnType<typeof freeOnNodes>,
): Explanation {
  const resource = /^Insufficient (\S+)/.exec(reason)?.[1] ?? 'pods';
  const wanted = requestsOf(pod).get(resource) ?? 0;
  const nodes = [...free].map(([name, { allocatable, free }]) => ({
    name,
    whole: allocatable.get(resource) ?? 0,
    free: free.get(resource) ?? 0,
  }));
  const words = (value: number) => amountWords(resource, Math.max(0, value));
  const roomiest = nodes.reduce((a, b) => (b.free > a.free ? b : a), { name: '', whole: 0, free: 0 });
  const largest = Math.max(0, ...nodes.map(one => one.whole));
  if (resource === 'pods')
    return {
      what: 'nodes are full (too many pods)',
      why: 'Nodes run as many pods as they may.',
      fixes: ['Add nodes, or run fewer pods.'],
    };
  if (largest === 0)
    return {
      what: `insufficient ${resource}: no node has any`,
      why: `The pods ask for ${words(wanted)} ${resource}, and no node offers that resource: its device plugin is not running, or there is no such node.`,
      fixes: [`Leave out the request for ${resource}, or add nodes that have it (and their device plugin).`],
    };
  const typing = unitMistake(resource, wanted, largest);
  const ranges = givenByRange(view, pod, resource);
  const names = ranges.map(({ metadata }) => metadata.name).join(', ');
  return {
    what: `insufficient ${resource}: ${words(wanted)} asked for, at most ${words(roomiest.free)} free on a node`,
    why:
      wanted > largest
        ? `No node is large enough: the largest has ${words(largest)} ${resource} in all.${typing ? ` ${typing}` : ''}${names && ` The pod template asks for none: LimitRange ${names} gives its default.`}`
        : `Node ${roomiest.name} comes nearest with ${words(roomiest.free)} ${resource} free of ${words(roomiest.whole)}; ${words(wanted - roomiest.free)} are lacking.${names && ` The pod template asks for none: LimitRange ${names} gives its default.`}`,
    fixes: [
      ...ranges.slice(0, 1).map(range => ({
        text: `Lower the default of LimitRange ${range.metadata.name} (defaultRequest.${resource}), or set the request in the pod template; then delete the pods, so that new ones are made.`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(range))]),
      })),
      typing
        ? `Correct requests.${resource}: ${typing}`
        : `Ask for less ${resource} (resources.requests.${resource}), scale something down, or add nodes.`,
    ],
  };
}

/** `cpu: 500` for `500m`, and `memory: 512Gi` for `512Mi`: a request a thousand times larger than intended. */
function unitMistake(resource: string, wanted: number, largest: number): string | undefined {
  if (wanted <= largest) return undefined;
  if (resource === 'cpu' && wanted >= 50 && Number.isInteger(wanted))
    return `${wanted} are whole cores; was ${wanted}m meant?`;
  if (resource === 'memory' && wanted / 1024 <= largest) return `was ${amountWords('memory', wanted / 1024)} meant?`;
  return undefined;
}

function explainTaint(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const taints = new Set(
    [...view.all('Node')]
      .flatMap(node => repelling(pod, node))
      .filter(one => !one.key.startsWith('node.kubernetes.io/unschedulable'))
      .map(taintWords),
  );
  const own = /untolerated taint(?:\(s\))? \{([^}]*)\}/.exec(reason)?.[1]?.replace(/: ?/, '=').replace(/=$/, '');
  const words =
    [...taints]
      .filter(one => own === undefined || one.startsWith(own))
      .slice(0, 4)
      .join(', ') ||
    own ||
    reason;
  return {
    what: `taint not tolerated: ${words}`,
    why: `Nodes carry the taint ${words}, and the pods have no toleration for it.`,
    fixes: [
      `Add a toleration for ${words}, if the pods belong there.`,
      {
        text: 'Or take the taint off the node, if it was left there by mistake.',
        command: command(view, [
          'kubectl',
          'taint',
          'node',
          'NODE',
          `${words.split(',')[0]?.replace(/=[^:]*/, '') ?? ''}-`,
        ]),
      },
    ],
  };
}

const cordoned = (view: ClusterView): string[] =>
  [...view.all('Node')].filter(node => node.spec.unschedulable === true).map(node => node.metadata.name);

function explainClaim(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const named = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(reason);
  if (named) {
    const name = named[1] ?? '';
    return {
      what: `persistent volume claim ${name} ${named[2]}`,
      why: `The pods mount the persistent volume claim ${name}, which ${named[2] === 'not found' ? 'does not exist' : 'is being deleted'}.`,
      fixes: [`Create the persistent volume claim ${name}, or correct its name in spec.volumes.`],
      because: [{ kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace ?? '', name }],
    };
  }
  const pending = claimsOf(view, pod)
    .filter(({ claim }) => claim?.status.phase !== 'Bound')
    .map(({ name }) => name);
  return {
    what: `persistent volume claim ${pending.join(', ')} is not bound (${reason})`,
    why: `The pods cannot be placed before their claims are bound: ${pending.join(', ') || reason}.`,
    fixes: [],
  };
}

function explainVolumes(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const volumes = claimsOf(view, pod).flatMap(
    ({ claim }) => view.get('PersistentVolume', undefined, text(claim?.spec.volumeName)) ?? [],
  );
  const pinned = volumes.flatMap(volume =>
    list(fields(fields(volume.spec.nodeAffinity).required).nodeSelectorTerms).flatMap(term =>
      list(term.matchExpressions).map(
        one =>
          `${volume.metadata.name} needs ${text(one.key)} ${text(one.operator)} ${(one.values as string[] | undefined)?.join('|') ?? ''}`,
      ),
    ),
  );
  return {
    what: `volume node affinity conflict or limit: ${reason}`,
    why:
      pinned.length > 0
        ? `The volume is tied to nodes or a zone: ${pinned.join('; ')}.`
        : `The volumes of the pods cannot be used on these nodes: ${reason}.`,
    fixes: [
      'Let the pods run where their volume is (zone or node), or give them a new volume there; data on the old one must be moved by hand.',
    ],
  };
}

function explainSpread(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const constraints = list(pod.spec.topologySpreadConstraints).filter(
    one => one.whenUnsatisfiable !== 'ScheduleAnyway',
  );
  const keys = constraints.map(one => text(one.topologyKey));
  const nowhere = keys.filter(key => ![...view.all('Node')].some(node => node.metadata.labels[key] !== undefined));
  return {
    what: `topology spread constraint cannot be met (${keys.join(', ')})${nowhere.length > 0 ? `: no node has the label ${nowhere.join(', ')}` : ''}`,
    why:
      nowhere.length > 0
        ? `topologySpreadConstraints name ${nowhere.join(', ')}, which no node is labelled with.`
        : `maxSkew forbids more of these pods where there is room: ${constraints.map(one => `${text(one.topologyKey)} maxSkew ${text(one.maxSkew)}`).join(', ')} (${reason}).`,
    fixes: [
      'Set whenUnsatisfiable: ScheduleAnyway, raise maxSkew, or correct the topologyKey of the topologySpreadConstraints.',
    ],
  };
}

function explainAffinity(pod: ViewObject, reason: string): Explanation {
  const isAnti = /anti-affinity/.test(reason);
  const terms = list(
    fields(fields(pod.spec.affinity)[isAnti ? 'podAntiAffinity' : 'podAffinity'])
      .requiredDuringSchedulingIgnoredDuringExecution,
  );
  const keys = terms.map(one => text(one.topologyKey)).join(', ');
  return isAnti
    ? {
        what: `pod anti-affinity leaves no node${keys && ` (one pod for each ${keys})`}`,
        why: `Required pod anti-affinity allows one of these pods for each ${keys || 'domain'}; all have one, or refuse it.`,
        fixes: ['Make the anti-affinity preferred, run fewer replicas, or add nodes.'],
      }
    : {
        what: `pod affinity finds no node with the wanted pods${keys && ` (${keys})`}`,
        why: 'Required pod affinity asks for pods that run on no node that is free to take this one.',
        fixes: ['Correct the labelSelector of the pod affinity, or start the pods that it asks for.'],
      };
}

const hostPorts = (pod: ViewObject): string =>
  list(pod.spec.containers)
    .flatMap(one => list(one.ports).map(port => text(port.hostPort)))
    .filter(port => port !== '')
    .join(', ');

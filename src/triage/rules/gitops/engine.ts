import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number } from '../../../k8s/fields.ts';
import { isAtZero, unreadyLines } from '../../facts/behind-service.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** The components of Argo CD and Flux that reconciliation needs, by their names in Helm charts. */
const PARTS: readonly [RegExp, string][] = [
  [
    /(^|-)argocd-repo-server$|^argo-?cd-.*repo-server$/,
    'it renders manifests: without it the sync status of every application is Unknown',
  ],
  [
    /(^|-)argocd-application-controller$|^argo-?cd-.*application-controller$/,
    'it compares and syncs: without it applications are no longer updated, although all may show Synced',
  ],
  [
    /(^|-)argocd-redis(-ha(-server|-haproxy)?)?$|^argo-?cd-.*redis(-ha-server|-ha-haproxy)?$/,
    'it holds the cache of manifests and live state: without it applications become Unknown',
  ],
  [/^(source|kustomize|helm)-controller$/, 'it is part of Flux: without it sources and releases are not reconciled'],
];

/** The workloads of GitOps engines, and what each is needed for. */
function* engineParts(view: ClusterView): Iterable<{ workload: ViewObject; use: string }> {
  for (const workload of view.all('Deployment', 'StatefulSet')) {
    const part = PARTS.find(([name]) => name.test(workload.metadata.name));
    if (part !== undefined) yield { workload, use: part[1] };
  }
}

/**
 * Possible causes when all applications are Unknown: the components of the engine, their Services and the network
 * policies in their namespaces.
 */
export function engineCauses(view: ClusterView): Cause[] {
  const parts = [...engineParts(view)].map(({ workload }) => workload);
  const homes = new Set(parts.map(({ metadata }) => metadata.namespace ?? ''));
  return [
    ...parts.map(one => causeOf(one)),
    ...[...homes].flatMap(home =>
      [...view.inNamespace('Service', home), ...view.inNamespace('NetworkPolicy', home)].map(one => causeOf(one)),
    ),
  ];
}

/** A component of a GitOps engine without a ready pod. */
export const gitopsEngine: Rule = {
  id: 'gitops/engine',
  gate: 'G5',
  needs: ['Deployment', 'StatefulSet'],
  wants: ['Pod', 'ReplicaSet'],
  about: {
    looksAt:
      'The workloads of Argo CD (repo-server, application-controller, redis) and of the Flux controllers: whether each has a ready pod.',
    why: 'While a component of the engine is down, applications become Unknown or are no longer updated, whatever is in Git. The applications themselves are not the cause.',
    whatToDo: 'Fix the component, then hard refresh the applications that are Unknown, a few at a time.',
  },
  *look({ view, now }) {
    for (const { workload, use } of engineParts(view)) {
      const { spec, status, metadata } = workload;
      if (number(status.readyReplicas) > 0 || now - created(workload) < 120_000) continue;
      const pods = view.podsMatching(metadata.namespace ?? '', fields(spec.selector));
      const what = named(refOf(workload));
      yield {
        severity: 'critical',
        object: workload,
        summary: isAtZero(workload)
          ? 'a component of the GitOps engine is scaled to 0 replicas'
          : 'a component of the GitOps engine has no ready pod',
        evidence: [
          `spec.replicas: ${number(spec.replicas, 1)}, status.readyReplicas: ${number(status.readyReplicas)}`,
          ...[...unreadyLines(pods)].slice(0, 4),
        ],
        cause: `${metadata.name}: ${use}.`,
        fixes: [
          isAtZero(workload)
            ? { text: 'Scale it up again.', command: command(view, ['kubectl', 'scale', ...what, '--replicas=1']) }
            : {
                text: 'See why its pods are not ready; if they report no error, restart the workload.',
                command: command(view, ['kubectl', 'rollout', 'restart', ...what]),
              },
        ],
        because: [
          causeOf(workload),
          ...pods.map(one => causeOf(one)),
          { kind: 'Namespace', name: metadata.namespace ?? '' },
        ],
      };
    }
  },
};

import type { Pod } from '../kinds.ts';

interface NodeAffinity {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: { matchFields?: { key: string; operator: string; values: string[] }[] }[];
    };
  };
}

/** The affinity that ties a daemon's pod to one node; the scheduler does the binding. */
export const bindTo = (node: string): NodeAffinity => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
});

/** The nodes a pod is tied to by name; undefined when it is not. */
export function boundTo(pod: Pod): string[] | undefined {
  const affinity = pod.spec.affinity as Partial<NodeAffinity> | undefined;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const names = terms?.flatMap(t => t.matchFields ?? []).filter(f => f.key === 'metadata.name' && f.operator === 'In');
  return names && names.length > 0 ? names.flatMap(f => f.values) : undefined;
}

import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, strings, text, time } from '../../../k8s/fields.ts';
import { reportedRefusals } from '../../facts/refusals.ts';

/** A custom kind that something in the cluster needs. */
export interface Expected {
  group: string;
  kind: string;
  /** The versions that are needed. */
  versions: Set<string>;
  /** Applications that manage objects of the kind. */
  apps: Set<ViewObject>;
  /** The objects that those applications manage. */
  objects: { namespace: string; name: string; missing: boolean; app: ViewObject }[];
  /** Lines that say who needs it. */
  by: string[];
}

/** Whether the API server itself serves a group, so that its kinds are not CRDs. */
const isBuiltIn = (group: string): boolean =>
  !group.includes('.') || group.endsWith('.k8s.io') ? !CRD_OF_SIGS.test(group) : false;
/** Groups of Kubernetes projects whose kinds are CRDs all the same. */
const CRD_OF_SIGS =
  /^(gateway\.networking|policy\.networking|snapshot\.storage|groupsnapshot\.storage|autoscaling|cluster|infrastructure\.cluster|metrics|jobset|kueue|leaderworkerset|node\.k8s|karpenter)\b.*\.(k8s|x-k8s)\.io$/;

/** Every custom kind that applications manage, or that error messages call missing. */
export function expectedKinds(view: ClusterView): Expected[] {
  const kinds = new Map<string, Expected>();
  const at = (group: string, kind: string): Expected => {
    const key = `${group}/${kind}`;
    const known = kinds.get(key) ?? { group, kind, versions: new Set(), apps: new Set(), objects: [], by: [] };
    kinds.set(key, known);
    return known;
  };
  for (const app of view.all('Application'))
    for (const one of list(app.status.resources)) {
      const group = text(one.group);
      if (isBuiltIn(group) || one.requiresPruning === true) continue;
      const expected = at(group, text(one.kind));
      expected.apps.add(app);
      expected.versions.add(text(one.version));
      const missing = text(fields(one.health).status) === 'Missing' || text(one.status) === 'OutOfSync';
      expected.objects.push({ namespace: text(one.namespace), name: text(one.name), missing, app });
    }
  for (const { refusal, message: said, where, about } of reportedRefusals(view)) {
    if (
      refusal.is !== 'no such kind' ||
      refusal.kind === undefined ||
      refusal.group === undefined ||
      isBuiltIn(refusal.group)
    )
      continue;
    const expected = at(refusal.group, refusal.kind);
    if (refusal.version) expected.versions.add(refusal.version);
    if (about.kind === 'Application') expected.apps.add(about);
    expected.by.push(`${about.kind} ${about.metadata.name} ${where}: "${said}"`);
  }
  return [...kinds.values()];
}

/** Whether the cluster serves the kind in some version; undefined where discovery did not say. */
export function isServed({ discovery }: ClusterView, group: string, kind: string): boolean | undefined {
  if (discovery === undefined || discovery.resources.length === 0) return undefined;
  if (discovery.resources.some(one => one.group === group && one.kind === kind)) return true;
  return discovery.blind.some(one => one.group === group || one.group.startsWith(`${group}/`) || one.group === '*')
    ? undefined
    : false;
}

/** The plural name of the kind, taken from a webhook or role that names it; an English plural when none does. */
export function pluralOf(view: ClusterView, group: string, kind: string): string {
  const lower = kind.toLowerCase();
  const fits = (plural: string) => [lower, `${lower}s`, `${lower}es`, `${lower.replace(/y$/, '')}ies`].includes(plural);
  const hooks = (['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const).flatMap(kind =>
    [...view.all(kind)].flatMap(one => list(one.webhooks).flatMap(hook => list(hook.rules))),
  );
  const roles = [...view.all('ClusterRole')].flatMap(one => list(one.rules));
  for (const rule of [...hooks, ...roles])
    if (strings(rule.apiGroups).includes(group)) {
      const found = strings(rule.resources).find(one => fits(one.split('/')[0] ?? ''));
      if (found !== undefined) return found.split('/')[0] ?? '';
    }
  return lower.endsWith('s') ? `${lower}es` : lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

/** When an application was first deployed, by the history in its status. */
export const firstDeployed = (app: ViewObject): number | undefined =>
  time(list(app.status.history)[0]?.deployedAt) ?? time(app.metadata.creationTimestamp);

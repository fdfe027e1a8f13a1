import { namespaceBackupName } from '../injection/record/markers.ts';
import type { Write } from '../injection/write/write.ts';

interface Hook {
  namespaceSelector?: { matchExpressions?: { key: string; operator: string; values?: string[] }[] };
  rules?: { scope?: string }[];
}

/**
 * Why a write to a cluster-scoped object, or in another namespace, still affects only the allowed namespaces: it deletes or creates one of
 * them, it stores the backup of one, or it creates a webhook that is called only for them. Undefined if it affects other namespaces.
 */
export function confinement(write: Write, allowed: readonly string[]): string | undefined {
  const { kind, name } = write.on;
  if (kind === 'Namespace') return allowed.includes(name) ? `${name} itself` : undefined;
  if (write.verb !== 'create') return undefined;
  const backedUp = allowed.find(namespace => name === namespaceBackupName(namespace));
  if (kind === 'ConfigMap' && backedUp !== undefined) return `the backup of ${backedUp}`;
  const hooks = kind === 'ValidatingWebhookConfiguration' ? ((write.body.webhooks ?? []) as Hook[]) : [];
  return hooks.length > 0 && hooks.every(hook => matchesOnly(hook, allowed))
    ? `a webhook for ${allowed.join(', ')} only`
    : undefined;
}

/** The server labels every namespace with its name; cluster-scoped objects are excluded by the scope of the rules. */
function matchesOnly({ namespaceSelector, rules = [] }: Hook, allowed: readonly string[]): boolean {
  const isNamed = (namespaceSelector?.matchExpressions ?? []).some(
    ({ key, operator, values = [] }) =>
      key === 'kubernetes.io/metadata.name' && operator === 'In' && values.every(value => allowed.includes(value)),
  );
  return isNamed && rules.every(({ scope }) => scope === 'Namespaced');
}

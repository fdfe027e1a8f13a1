import { sameJson } from '../../object.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../../selector.ts';
import { type Controller, placeOfKey } from '../controller-manager.ts';
import type { Obj } from '../kinds.ts';
import { BY_CONTROLLER, type Parts } from '../parts.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';

interface ClusterRole extends Obj {
  rules?: unknown[] | null;
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

const isSelected = (role: ClusterRole, selectors: readonly LabelSelector[]): boolean =>
  selectors.some(selector => satisfies(role.metadata.labels, requirementsOf(selector)));

/**
 * The role aggregation controller: an aggregated ClusterRole gets the rules of the roles it selects, each rule once,
 * in order of the roles' names.
 */
export function roleAggregation({ store }: Parts): Controller {
  const aggregating = () => store.list<ClusterRole>(ROLES).filter(role => role.aggregationRule);
  return {
    name: 'clusterrole-aggregation',
    // Any changed role may be selected by any aggregated role.
    watches: { [ROLES]: () => aggregating().map(role => `/${role.metadata.name}`) },
    async reconcile(key) {
      const { name } = placeOfKey(key);
      const role = store.get<ClusterRole>(ROLES, undefined, name);
      const selectors = role?.aggregationRule?.clusterRoleSelectors;
      if (!selectors) return undefined;
      const rules: unknown[] = [];
      for (const part of store.list<ClusterRole>(ROLES))
        if (part.metadata.name !== name && isSelected(part, selectors))
          for (const rule of part.rules ?? []) if (!rules.some(known => sameJson(known, rule))) rules.push(rule);
      const change = (draft: ClusterRole) => {
        if (sameJson(draft.rules ?? [], rules)) return false;
        draft.rules = rules;
        return draft;
      };
      store.modify<ClusterRole>(ROLES, undefined, name, change, BY_CONTROLLER);
      return undefined;
    },
  };
}

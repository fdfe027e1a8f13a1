import { all, notReserved, oneOf, resourceName } from '../rules/check.ts';
import { clusterBindingName } from '../rules/protected.ts';
import { type FaultRules, required } from '../rules/rules.ts';

/** What a RBACRevoke accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    bindingName: required(all(resourceName, notReserved)),
    bindingType: required(oneOf('ClusterRoleBinding', 'RoleBinding')),
  },
  whole: ({ bindingName = '', bindingType }) => {
    const problem = bindingType === 'ClusterRoleBinding' ? all(...clusterBindingName)(bindingName) : undefined;
    return problem === undefined ? [] : [{ path: 'bindingName', message: problem }];
  },
  danger: 'high',
  tier: 4,
  expects: 'survive',
  leaves: 'marks',
  foundOn: ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'],
  recognises: { record: data => Array.isArray(data) },
  isClusterScoped: ({ bindingType }) => bindingType === 'ClusterRoleBinding',
};

import type { SandboxContext } from '../context.ts';
import type { Obj } from './kinds.ts';
import type { Owners } from './owners.ts';
import type { Recorder } from './recorder.ts';

/** What every controller is given. */
export interface Parts extends SandboxContext {
  owners: Owners;
  record: Recorder;
  /**
   * The creation time for dependents of this object. While a scenario is set up they count as created together with
   * it.
   */
  createdWith(owner: Obj): { at?: number };
}

/** The user name of a built-in controller. */
export const controllerUser = (name: string): string => `system:serviceaccount:kube-system:${name}`;
export const CONTROLLER_GROUPS = [
  'system:serviceaccounts',
  'system:serviceaccounts:kube-system',
  'system:authenticated',
  // The roles of built-in controllers are not modelled: quota and admission apply to them, authorisation does not.
  'system:masters',
];

/** The field manager of controllers. */
export const BY_CONTROLLER = { by: { manager: 'kube-controller-manager' } } as const;
export const STATUS_BY_CONTROLLER = { by: { manager: 'kube-controller-manager', subresource: 'status' } } as const;

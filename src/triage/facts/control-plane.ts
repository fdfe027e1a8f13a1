import type { FixDraft } from '../finding/build.ts';
import { command, type InContext } from '../finding/shell.ts';

/** The Lease that kube-controller-manager renews while it leads. */
export const MANAGER_LEASE = { kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager' } as const;

/** Shows who holds the Lease of kube-controller-manager, and when it was last renewed. */
export const managerLeads = (view: InContext): FixDraft => ({
  text: 'Check whether kube-controller-manager is running and holds its leader Lease.',
  command: command(view, ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system', '-o', 'yaml']),
});

/** Shows the pods of a component of the control plane that must be restarted. */
export const startAgain = (view: InContext, component: string): FixDraft => ({
  text: `Restart ${component}: look at its pods and their logs.`,
  command: command(view, ['kubectl', 'get', 'pods', '-n', 'kube-system', '-l', `component=${component}`, '-o', 'wide']),
});

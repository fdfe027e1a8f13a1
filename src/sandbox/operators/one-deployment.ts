import type { WorkloadSeed } from '../world/steady.ts';
import type { Operator } from './operator.ts';

type Seed = Omit<WorkloadSeed, 'namespace' | 'name' | 'serviceAccount' | 'labels' | 'selector'> & {
  labels: Record<string, string>;
  /** All of its labels unless given. */
  selector?: Record<string, string>;
  /** The name of its Lease, in its own namespace. */
  lease: string;
  /** Named like the Deployment unless given. */
  account?: string;
};

/** An operator that is one Deployment: where it is, as whom it runs, and by which Lease it leads. */
export const oneDeployment = (
  namespace: string,
  name: string,
  { lease, account: serviceAccount = name, labels, selector = labels, ...workload }: Seed,
): Pick<Operator, 'deployment' | 'serviceAccount' | 'lease' | 'workloads'> => ({
  deployment: { namespace, name },
  serviceAccount,
  lease: { namespace, name: lease },
  workloads: [{ namespace, name, labels, selector, serviceAccount, ...workload }],
});

import { whyNoControlPlane } from '../../cluster/controlplane/build.ts';
import { type Cluster, start } from '../../cluster/controlplane/start.ts';
import type { Provider, ProviderKind } from './provider.ts';

/** The real kube-apiserver and its companions, on this machine. Built first where they are not. */
export const controlplane: ProviderKind = {
  name: 'controlplane',
  whyNot: () => whyNoControlPlane(),
  open: async () => onControlPlane(await start()),
};

/** A control plane that runs already, as a provider; closing it stops the cluster. */
export function onControlPlane(cluster: Cluster): Provider {
  return {
    name: 'controlplane',
    kubeconfig: cluster.kubeconfig,
    restartApiServer: downMs => cluster.restartApiServer({ kill: true, downMs }),
    async forgetHistory() {
      await cluster.compactEtcd();
      // Its watch cache remembers what etcd has forgotten; a new process starts with neither.
      await cluster.restartApiServer({ kill: true });
    },
    close: () => cluster.stop(),
  };
}

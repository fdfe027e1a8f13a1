/** A kubelet whose containers are processes of this machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../controlplane/start.ts';
import { authorityIn } from '../controlplane/users.ts';
import { follow } from './follow.ts';
import type { Image } from './images.ts';
import { isolation, type NetworkPolicy } from './isolation.ts';
import { serveLogs } from './logs.ts';
import { keepNode } from './node.ts';
import { type RunningPod, runPod } from './pod.ts';
import type { Pod } from './types.ts';

export interface Options {
  readonly images: readonly Image[];
  /** The node's name; `process-1` when not said. */
  readonly name?: string;
  /** Milliseconds of the first back-off; a real kubelet's 10,000 when not said. */
  readonly backoffMs?: number;
}

export interface ProcessKubelet {
  readonly node: string;
  /** Ends all processes and stops looking after the node. */
  stop(): Promise<void>;
}

/** Registers a node on `cluster` and runs the pods that come to it. */
export async function startKubelet(cluster: Cluster, options: Options): Promise<ProcessKubelet> {
  const { api } = cluster;
  const name = options.name ?? 'process-1';
  const address = '10.0.0.31';
  const folder = join(cluster.folder, 'pods');
  mkdirSync(folder, { recursive: true });
  const host = {
    api,
    node: name,
    address,
    images: options.images,
    backoffMs: options.backoffMs ?? 10_000,
    folder,
    authority: authorityIn(cluster.folder).certificate,
    spawn: cluster.spawn,
  };
  const running = new Map<string, { pod: Pod; run: RunningPod }>();
  // Beside the addresses that kwok gives (10.244.…), so that the two never meet.
  let last = 1;
  const nextAddress = (): string => `10.245.${Math.floor(++last / 250)}.${(last % 250) + 1}`;

  const applyPolicies = (): void => {
    for (const { pod, run } of running.values()) run.isolate(isolated(pod));
  };
  const policies = follow<NetworkPolicy>(api, '/apis/networking.k8s.io/v1/networkpolicies', {
    changed: applyPolicies,
    gone: applyPolicies,
  });
  const isolated = (pod: Pod) => isolation(pod, [...policies.objects.values()]);

  const logs = await serveLogs(cluster.folder, cluster.logs, name);
  const endNode = await keepNode(api, { name, address, port: 10_250 });
  const pods = follow<Pod>(api, `/api/v1/pods?fieldSelector=spec.nodeName=${name}`, {
    changed(pod) {
      const known = running.get(pod.metadata.uid);
      if (known === undefined && pod.metadata.deletionTimestamp !== undefined) {
        // Left from before this kubelet started: nothing of it runs here.
        const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
        void api.call('DELETE', path, { gracePeriodSeconds: 0 }).catch(() => {});
        return;
      }
      const run = known?.run ?? runPod(host, pod, nextAddress());
      running.set(pod.metadata.uid, { pod, run });
      run.isolate(isolated(pod));
      run.update(pod);
    },
    gone(pod) {
      // Deleted by force, or by us after its end; in both cases nothing may go on running.
      const known = running.get(pod.metadata.uid);
      running.delete(pod.metadata.uid);
      void known?.run.end(0);
    },
  });

  const endRoute = cluster.egress.route((to, port) => {
    if ((to === name || to === address) && port === 10_250) return logs.port;
    const found = [...running.values()].find(({ run }) => run.podIP === to);
    if (found === undefined) return undefined;
    return isolated(found.pod).ingress ? 'dropped' : found.run.reachOf(port);
  });

  return {
    node: name,
    async stop() {
      pods.stop();
      policies.stop();
      endNode();
      endRoute();
      logs.close();
      await Promise.all([...running.values()].map(({ run }) => run.end(1000)));
      running.clear();
    },
  };
}

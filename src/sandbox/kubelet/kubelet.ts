import { isDown, podKeysOn } from '../controllers/cluster/node-lifecycle.ts';
import type { Node } from '../controllers/cluster/scheduler.ts';
import { type Controller, ownKey, placeOfKey } from '../controllers/controller-manager.ts';
import type { Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { isFinished, isTerminating } from '../controllers/pods.ts';
import { admit, type KubeletHooks, newKubelet } from './kubelet-state.ts';
import { runPod } from './run-pod.ts';
import { stopPod } from './stop-pod.ts';

/** The kubelets of all nodes: run the pods that are bound to a node, report their status, and stop them. */
export function kubelet(parts: Parts, hooks: KubeletHooks = {}): Controller {
  const { store, logs } = parts;
  const all = newKubelet(parts, hooks);
  const { podStates, programs, addresses } = all;
  return {
    name: 'kubelet',
    watches: {
      // A kubelet that works again reconciles all its pods.
      nodes: ({ object, previous }) =>
        isDown(previous as Node | undefined) && !isDown(object as Node)
          ? podKeysOn(store.list<Pod>('pods'), object.metadata.name)
          : [],
      pods(event) {
        const pod = event.object as Pod;
        if (event.type !== 'DELETED') return ownKey(event);
        podStates.delete(pod.metadata.uid);
        programs.drop(pod.metadata.uid);
        addresses.free(pod.status?.podIP);
        logs.drop(pod.metadata.namespace ?? '', pod.metadata.name);
        return [];
      },
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const pod = store.get<Pod>('pods', namespace, name);
      if (!pod?.spec.nodeName || isDown(store.get<Node>('nodes', undefined, pod.spec.nodeName))) return undefined;
      const podState = podStates.get(pod.metadata.uid) ?? admit(all, pod);
      podStates.set(pod.metadata.uid, podState);
      if (isTerminating(pod)) return stopPod(all, pod, podState);
      if (isFinished(pod)) return undefined;
      return runPod(all, pod, podState);
    },
  };
}

/** What a kubelet reads for its pods and writes about them, besides their status. */
import type { Api } from '../controlplane/api.ts';
import type { Pod } from './types.ts';
import type { Source } from './volumes.ts';

const namespaced = (pod: Pod): string => `/api/v1/namespaces/${pod.metadata.namespace}`;

/** Reads Secrets, ConfigMaps and tokens for the pod. Tokens are bound to it, and asked for anew after most of their hour. */
export function sourceFor(api: Api, pod: Pod, field: (path: string) => string | undefined): Source {
  let token = '';
  let renewAt = 0;
  return {
    field,
    async secret(name) {
      const { status, body } = await api.must('GET', `${namespaced(pod)}/secrets/${name}`, undefined, [404]);
      return status === 404 ? undefined : decoded(body.data, 'base64');
    },
    async configMap(name) {
      const { status, body } = await api.must('GET', `${namespaced(pod)}/configmaps/${name}`, undefined, [404]);
      return status === 404 ? undefined : { ...decoded(body.data, 'utf8'), ...decoded(body.binaryData, 'base64') };
    },
    async token() {
      if (Date.now() < renewAt) return token;
      const { name, uid } = pod.metadata;
      const account = pod.spec.serviceAccountName ?? 'default';
      const { body } = await api.must('POST', `${namespaced(pod)}/serviceaccounts/${account}/token`, {
        spec: { expirationSeconds: 3607, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } },
      });
      token = body.status.token;
      renewAt = Date.now() + 48 * 60_000;
      return token;
    },
  };
}

/** Records an Event about the pod, as from the kubelet of `node`. Lost when the API server is away. */
export function recordEvent(api: Api, pod: Pod, node: string, type: string, reason: string, message: string): void {
  const { name, namespace, uid } = pod.metadata;
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const event = {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    source: { component: 'kubelet', host: node },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
  void api.call('POST', `${namespaced(pod)}/events`, event).catch(() => {});
}

function decoded(data: Readonly<Record<string, string>> | undefined, encoding: BufferEncoding): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}

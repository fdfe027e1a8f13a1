import type { KubeObject } from '../../k8s/object.ts';
import type { Api, DeleteOptions } from '../../kube/client/api.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import { FIELD_MANAGER } from './ownership.ts';
import type { Write } from './write.ts';

/** Sends one write. The only place where a `Write` becomes a request. */
export function send(
  api: Api,
  write: Write,
  options: { dryRun?: boolean; timeoutMs?: number } = {},
): Promise<Outcome<KubeObject>> {
  const managed = { ...options, fieldManager: FIELD_MANAGER };
  switch (write.verb) {
    case 'create':
      return api.create(write.body, managed);
    case 'replace':
      return api.replace(write.body, managed);
    case 'patch':
      return api.patch(write.on, write.patchType, write.body, managed);
    case 'delete':
      return api.remove(write.on, { ...options, ...deleteOptions(write) });
  }
}

function deleteOptions(write: Extract<Write, { verb: 'delete' }>): DeleteOptions {
  const { uid, resourceVersion } = write.precondition;
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(write.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: write.gracePeriodSeconds }),
    ...(write.propagationPolicy === undefined ? {} : { propagationPolicy: write.propagationPolicy }),
  };
}

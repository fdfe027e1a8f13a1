import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, strings, text } from '../../../k8s/fields.ts';

/** What a CRD defines. */
export interface Defined {
  crd: ViewObject;
  group: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  versions: readonly { name: string; served: boolean; storage: boolean }[];
  /** A version in which instances can be listed: the storage version if it is served, otherwise any served version. */
  apiVersion: string | undefined;
}

/** Reads a CRD. */
export function definedBy(crd: ViewObject): Defined {
  const { spec } = crd;
  const names = fields(spec.names);
  const versions = list(spec.versions).map(one => ({
    name: text(one.name),
    served: one.served === true,
    storage: one.storage === true,
  }));
  const best = versions.find(one => one.served && one.storage) ?? versions.find(one => one.served);
  return {
    crd,
    group: text(spec.group),
    kind: text(names.kind),
    plural: text(names.plural),
    namespaced: text(spec.scope) !== 'Cluster',
    versions,
    apiVersion: best && `${text(spec.group)}/${best.name}`,
  };
}

/** The versions in which objects may be stored in etcd. */
export const storedVersions = ({ status }: ViewObject): readonly string[] => strings(status.storedVersions);

import type { KubeObject } from '../object.ts';
import type { Registry } from '../registry.ts';

/**
 * A group version that an APIService delegates to another server. The sandbox has no such servers, so it is always
 * unavailable.
 */
export interface UnavailableGroupVersion {
  group: string;
  version: string;
}

/** The group versions of these APIServices that name a service and that the sandbox itself does not serve. */
export function unavailableGroupVersions(
  registry: Registry,
  services: readonly KubeObject[],
): UnavailableGroupVersion[] {
  return services.flatMap(object => {
    const { group, version, service } = (object.spec ?? {}) as { group?: string; version?: string; service?: unknown };
    if (!group || !version || !service) return [];
    return registry.all().some(info => info.group === group && info.versions.includes(version))
      ? []
      : [{ group, version }];
  });
}

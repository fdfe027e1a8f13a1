import { faultOf } from '../../../src/faults/registry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { ApiResource } from '../../../src/kube/discovery/discovery.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { fakeDiscovery, resource } from '../../support/fake-kinds.ts';
import { beside } from '../../support/recorded.ts';
import { recorded } from './stuck.ts';

/** Kinds that the usual discovery of tests does not have. */
function kindsOf(objects: readonly KubeObject[]): ApiResource[] {
  return objects
    .filter(object => fakeDiscovery().byKind(object.apiVersion, object.kind) === undefined)
    .map(({ apiVersion, kind, metadata }) =>
      resource(apiVersion, kind, `${kind.toLowerCase()}s`, metadata.namespace !== undefined),
    );
}

/** A cluster in memory as the framework left it in this recorded case. */
export function clusterOf(name: string) {
  const objects = [...recorded(name, 'injected').filter(Boolean), ...beside(name)];
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds: kindsOf(objects) });
  const journal = { append: async () => undefined };
  return {
    api,
    deps: { api, clock, journal, faultOf },
  };
}

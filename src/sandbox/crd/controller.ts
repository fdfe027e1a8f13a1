import type { Kernel } from '../api/kernel.ts';
import { each, ensure, type Fields, part } from '../defaults/fill.ts';
import { type KubeObject, timestamp } from '../object.ts';
import type { CustomSchema } from '../openapi/document.ts';
import type { ResourceInfo } from '../registry.ts';
import { builtinShape } from '../table/columns.ts';
import { customShape } from '../table/custom.ts';
import type { TableShape } from '../table/shape.ts';
import { DEFINITIONS, resourceOf, versionsOf } from './definition.ts';
import { takenNames } from './names.ts';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const BY = { manager: 'kube-apiserver', subresource: 'status' };

/** The custom kinds that are served now. */
export interface CustomKinds {
  /** How objects of a resource are shown as table rows, built-in ones too. */
  shapeOf(info: ResourceInfo, version: string): TableShape;
  /** The schemas that OpenAPI publishes for custom kinds. */
  published(): readonly CustomSchema[];
}

interface Served {
  info: ResourceInfo;
  versions: ReturnType<typeof versionsOf>;
  stop: () => void;
}

/**
 * Follows the definitions in the store: registers and establishes their kinds, and deletes the instances of deleted
 * definitions.
 */
export function followDefinitions(kernel: Kernel): CustomKinds {
  const { store, registry, schemas, clock } = kernel;
  const served = new Map<string, Served>();
  const shapes = new Map<string, TableShape>();

  const withdraw = (name: string) => {
    const known = served.get(name);
    if (!known) return;
    known.stop();
    for (const { version } of known.versions) {
      schemas.define(known.info.group, version, known.info.kind, undefined);
      shapes.delete(`${known.info.key}/${version}`);
    }
    served.delete(name);
  };

  const finishCleanup = (definition: string, key: string) => {
    if (store.count(key) > 0) return;
    store.modify(DEFINITIONS, undefined, definition, draft => {
      draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter(f => f !== CLEANUP);
    });
  };

  const serve = (definition: KubeObject) => {
    const { name } = definition.metadata;
    withdraw(name);
    const info = resourceOf(definition);
    if (!info || takenNames(definition, othersOf(definition)).conflict) return;
    const versions = versionsOf(definition);
    for (const { version, schema, columns } of versions) {
      schemas.define(info.group, version, info.kind, schema);
      shapes.set(`${info.key}/${version}`, customShape(columns));
    }
    registry.add(info);
    const stop = store.watch(info.key, event => {
      if (event.type === 'DELETED' && store.get(DEFINITIONS, undefined, name)?.metadata.deletionTimestamp)
        finishCleanup(name, info.key);
    });
    served.set(name, { info, versions, stop });
  };

  const othersOf = ({ metadata, spec }: KubeObject) =>
    store
      .list(DEFINITIONS)
      .filter(other => other.metadata.name !== metadata.name && part(other, 'spec')?.group === (spec as Fields).group);

  const establish = (definition: KubeObject) => {
    const { name } = definition.metadata;
    const conditions = each(part(definition, 'status'), 'conditions');
    if (conditions.some(c => c.type === 'Established')) return;
    const lastTransitionTime = timestamp(clock.now());
    const taken = takenNames(definition, othersOf(definition));
    const verdict = taken.conflict ? { status: 'False', lastTransitionTime } : { status: 'True', lastTransitionTime };
    const condition = (type: string, reason: string, message: string) => ({ type, ...verdict, reason, message });
    store.modify(
      DEFINITIONS,
      undefined,
      name,
      draft => {
        const status = ensure(draft, 'status');
        status.acceptedNames = taken.accepted;
        if (taken.conflict) {
          status.conditions = [
            condition('NamesAccepted', taken.conflict.reason, taken.conflict.message),
            condition('Established', 'NotAccepted', 'not all names are accepted'),
          ];
          return;
        }
        status.conditions = [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ];
      },
      { by: BY },
    );
  };

  const cleanUp = (definition: KubeObject) => {
    const known = served.get(definition.metadata.name);
    const { finalizers = [] } = definition.metadata;
    if (!known || !finalizers.includes(CLEANUP)) return;
    markTerminating(definition);
    for (const object of store.list(known.info.key))
      store.delete(known.info.key, object.metadata.namespace, object.metadata.name);
    finishCleanup(definition.metadata.name, known.info.key);
  };

  const markTerminating = (definition: KubeObject) => {
    const lastTransitionTime = timestamp(clock.now());
    store.modify(
      DEFINITIONS,
      undefined,
      definition.metadata.name,
      draft => {
        const status = ensure(draft, 'status');
        const conditions = each(status, 'conditions');
        if (conditions.some(c => c.type === 'Terminating')) return false;
        const message = 'CustomResource deletion is in progress';
        const reason = 'InstanceDeletionInProgress';
        status.conditions = [
          ...conditions,
          { type: 'Terminating', status: 'True', lastTransitionTime, reason, message },
        ];
        return undefined;
      },
      { by: BY },
    );
  };

  const gone = (definition: KubeObject) => {
    const known = served.get(definition.metadata.name);
    withdraw(definition.metadata.name);
    if (!known) return;
    registry.remove(known.info.key);
    store.forget(known.info.key);
  };

  store.watch(DEFINITIONS, event => {
    const definition = event.object;
    if (event.type === 'DELETED') gone(definition);
    else if (definition.metadata.deletionTimestamp) cleanUp(definition);
    else {
      if (!event.previous || event.previous.metadata.generation !== definition.metadata.generation) serve(definition);
      establish(definition);
    }
  });

  return {
    shapeOf: (info, version) => shapes.get(`${info.key}/${version}`) ?? builtinShape(info.storedAs ?? info.key),
    published: () =>
      [...served.values()].flatMap(({ info, versions }) =>
        versions.map(({ version, schema }) => ({
          group: info.group,
          version,
          kind: info.kind,
          listKind: info.listKind,
          schema,
        })),
      ),
  };
}

import { type Authorizer, createAuthorizer } from '../authz/authorizer.ts';
import { notAllowed } from '../authz/refusal.ts';
import type { ClientWrite, SandboxClient, UserInfo } from '../context.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { satisfies } from '../selector.ts';
import { parseLabelSelector } from '../selector-text.ts';
import { notFound } from '../status.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import type { Call, Kernel } from './kernel.ts';
import { patchObject } from './patch.ts';
import { currentObject, updateObject } from './update.ts';

/** The API for one user, without HTTP. */
export function createClient(kernel: Kernel, user: UserInfo): SandboxClient {
  const caller: Caller = { kernel, user, authorizer: createAuthorizer(kernel.store) };
  const callFor = (...asked: Asked) => callOf(caller, ...asked);
  return {
    get: async <T extends KubeObject>(resource: string, namespace: string | undefined, name: string) =>
      currentObject(kernel, callFor('get', resource, namespace, name)) as T,
    list: async <T extends KubeObject>(resource: string, namespace?: string, labelSelector?: string) => {
      refuseUnauthorised(caller, 'list', infoOf(kernel, resource), namespace);
      const objects = kernel.store.list<T>(resource, namespace);
      if (!labelSelector) return objects;
      const requirements = parseLabelSelector(labelSelector);
      return objects.filter(o => satisfies(o.metadata.labels, requirements));
    },
    create: async (resource, object, options) => {
      const call = callFor('create', resource, object.metadata.namespace, object.metadata.name ?? '', options);
      return (await createObject(kernel, call, withTypeMeta(call, object))) as never;
    },
    update: async (resource, object, options) => {
      const call = callFor('update', resource, object.metadata.namespace, object.metadata.name ?? '', options);
      return (await updateObject(kernel, call, withTypeMeta(call, object))) as never;
    },
    patch: async (resource, namespace, name, type, patch, options) =>
      (await patchObject(kernel, callFor('patch', resource, namespace, name, options), type, patch)) as never,
    delete: async (resource, namespace, name, options = {}) => {
      await deleteObject(kernel, callFor('delete', resource, namespace, name), options);
    },
    can: (verb, resource, namespace, name) =>
      caller.authorizer.decide(user, attributesOf(verb, infoOf(kernel, resource), namespace, name)).allowed,
  };
}

interface Caller {
  kernel: Kernel;
  user: UserInfo;
  authorizer: Authorizer;
}

type Asked = [verb: string, resource: string, namespace: string | undefined, name: string, options?: ClientWrite];

function infoOf({ registry }: Kernel, resource: string): ResourceInfo {
  const info = registry.get(resource);
  if (info) return info;
  const [plural = '', ...group] = resource.split('.');
  throw notFound({ group: group.join('.'), resource: plural }, '');
}

const attributesOf = (verb: string, info: ResourceInfo, namespace = '', name = '', subresource = '') => ({
  verb,
  group: info.group,
  resource: info.resource,
  subresource,
  namespace: info.namespaced ? namespace : '',
  name,
});

function refuseUnauthorised(
  { user, authorizer }: Caller,
  verb: string,
  info: ResourceInfo,
  namespace?: string,
  name?: string,
  subresource?: string,
): void {
  const attributes = attributesOf(verb, info, namespace, name, subresource);
  const decision = authorizer.decide(user, attributes);
  if (!decision.allowed) throw notAllowed(user, attributes, decision);
}

/** The call of an authorised user. */
function callOf(caller: Caller, ...[verb, resource, namespace, name, options = {}]: Asked): Call {
  const { user, kernel } = caller;
  const { manager = user.username, subresource = '' } = options;
  const info = infoOf(kernel, resource);
  refuseUnauthorised(caller, verb, info, namespace, verb === 'create' ? '' : name, subresource);
  return {
    info,
    version: info.version,
    subresource,
    namespace: info.namespaced ? namespace : undefined,
    name,
    user,
    manager,
    dryRun: false,
    fieldValidation: 'Ignore',
    warnings: [],
  };
}

const withTypeMeta = (call: Call, object: object) => ({
  apiVersion: call.info.group ? `${call.info.group}/${call.version}` : call.version,
  kind: call.info.kind,
  ...object,
});

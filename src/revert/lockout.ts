import type { FoundInjection } from '../injection/found-injection.ts';
import type { Write } from '../injection/write/write.ts';
import { type LabelSelector, labelSelectorText } from '../k8s/deployment.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { groupOf, nameOf, sameObject } from '../k8s/object-ref.ts';
import { matches, parseSelector } from '../k8s/selector-text.ts';
import { failurePolicyOf, type ServiceRef, type Webhook, webhooksOf } from '../k8s/webhooks.ts';
import type { Api, Page } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import type { Discovery } from '../kube/discovery/discovery.ts';
import { counted } from '../text/counted.ts';
import { sanitise } from '../text/sanitise.ts';
import { blindReason } from './blind.ts';

/** A webhook with failurePolicy Fail that cannot answer, so that the API server refuses every write in its scope. */
export interface LockOut {
  configuration: ObjectRef;
  /** The entry of the configuration. */
  webhook: string;
  /** `namespace/name` of the service without ready endpoints. */
  service: string;
  /** Ids of the findings whose restore it refuses. */
  blocks: string[];
  /** The configuration carries an injection or is one. It is restored first, which may unblock the rest. */
  isInjection: boolean;
  says: string;
}

/** The planned writes for one found injection. */
export interface Intended {
  finding: FoundInjection;
  writes: readonly Write[];
}

const ADMISSION = 'admissionregistration.k8s.io/v1';
const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

interface Rule {
  operations?: string[];
  apiGroups?: string[];
  resources?: string[];
  scope?: string;
}
type Entry = Omit<Webhook, 'rules'> & {
  rules?: Rule[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
};
interface Unserved {
  configuration: KubeObject;
  entry: Entry;
  service: ServiceRef;
}

/** All webhook configurations, a list of each kind. */
type Hooks = Promise<Outcome<Page>[]>;

/** Reads the webhook configurations for `lockOuts`. May be started before the writes are decided. */
export const readHooks = (api: Api): Hooks =>
  Promise.all(KINDS.map(kind => api.listAll({ apiVersion: ADMISSION, kind })));

/**
 * Finds the restores that a webhook without endpoints will refuse. `blind` says why that could not be checked. Only the
 * server can evaluate match conditions, so an entry that has any is assumed to match.
 */
export async function lockOuts(
  api: Api,
  intended: readonly Intended[],
  hooks: Hooks,
): Promise<{ lockOuts: LockOut[]; blind?: string }> {
  const writes = intended.flatMap(({ finding, writes }) => writes.map(write => ({ finding, write })));
  // Webhook configurations are not subject to admission webhooks, so they can always be restored.
  const exposed = writes.filter(({ write }) => !KINDS.includes(write.on.kind));
  if (exposed.length === 0) return { lockOuts: [] };
  const [discovery, pages] = await Promise.all([api.discovery(), hooks]);
  const failure = [discovery, ...pages].find(answer => !answer.ok);
  if (failure !== undefined && !failure.ok) return { lockOuts: [], blind: blindReason(failure) };
  if (!discovery.ok) return { lockOuts: [] };
  const configurations = pages.flatMap((page, index) =>
    page.ok ? page.value.items.map(item => ({ ...item, apiVersion: ADMISSION, kind: KINDS[index] ?? '' })) : [],
  );
  const unserved = await findUnserved(api, configurations);
  if (unserved.length === 0) return { lockOuts: [] };
  const namespaces = await namespaceLabels(
    api,
    exposed.map(({ write }) => write),
  );
  const found = unserved.map(one => {
    const blocked = exposed.filter(({ finding, write }) =>
      isCalledFor(one.entry, finding, write, { discovery: discovery.value, namespaces }),
    );
    return lockOut(one, [...new Set(blocked.map(({ finding }) => finding.id))], intended);
  });
  return { lockOuts: found.filter(({ blocks }) => blocks.length > 0) };
}

function lockOut(
  { configuration, entry, service }: Unserved,
  blocks: string[],
  intended: readonly Intended[],
): LockOut {
  const { name } = configuration.metadata;
  const ref = { apiVersion: configuration.apiVersion, kind: configuration.kind, name };
  const isInjection = intended.some(({ finding }) => sameObject(finding.object, ref));
  const where = `${service.namespace}/${service.name}`;
  const many = counted(blocks.length, 'restore');
  const then = isInjection
    ? 'it is an injection itself and is restored first'
    : 'it is no injection: give its service a ready pod, or remove it by hand';
  return {
    configuration: ref,
    webhook: sanitise(entry.name),
    service: sanitise(where),
    blocks,
    isInjection,
    says: sanitise(
      `${nameOf(ref)}: webhook ${entry.name} fails closed and service ${where} has no ready endpoint: it refuses ${many}; ${then}`,
      400,
    ),
  };
}

async function findUnserved(api: Api, configurations: readonly KubeObject[]): Promise<Unserved[]> {
  const closed = configurations.flatMap(configuration =>
    (webhooksOf(configuration) as Entry[])
      .filter(entry => failurePolicyOf(entry) === 'Fail')
      .flatMap(entry => {
        const service = entry.clientConfig?.service;
        return service === undefined ? [] : [{ configuration, entry, service }];
      }),
  );
  const keyOf = ({ namespace, name }: ServiceRef) => `${namespace}/${name}`;
  const services = new Map(closed.map(({ service }) => [keyOf(service), service]));
  const served = new Map(
    await Promise.all([...services].map(async ([key, service]) => [key, await isServed(api, service)] as const)),
  );
  return closed.filter(({ service }) => served.get(keyOf(service)) === false);
}

/** Whether any endpoint of the service is ready; undefined if that cannot be read. */
async function isServed(api: Api, { namespace, name }: ServiceRef): Promise<boolean | undefined> {
  const page = await api.listAll(
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace },
    { labelSelector: `kubernetes.io/service-name=${name}` },
  );
  if (!page.ok) return undefined;
  return page.value.items.some(slice => {
    const endpoints = (slice.endpoints ?? []) as { conditions?: { ready?: boolean } }[];
    // An absent condition means ready.
    return endpoints.some(({ conditions }) => conditions?.ready !== false);
  });
}

type Labels = Record<string, string>;

/** Labels of the namespaces that are written to; empty for a namespace that is missing or cannot be read. */
async function namespaceLabels(api: Api, writes: readonly Write[]): Promise<ReadonlyMap<string, Labels>> {
  const names = [...new Set(writes.flatMap(({ on }) => (on.namespace === undefined ? [] : [on.namespace])))];
  const got = await Promise.all(names.map(name => api.get({ apiVersion: 'v1', kind: 'Namespace', name })));
  return new Map(
    names.map((name, index) => {
      const namespace = got[index];
      return [name, { 'kubernetes.io/metadata.name': name, ...(namespace?.ok ? namespace.value.metadata.labels : {}) }];
    }),
  );
}

const OPERATION: Record<Write['verb'], string> = {
  create: 'CREATE',
  patch: 'UPDATE',
  replace: 'UPDATE',
  delete: 'DELETE',
};

function isCalledFor(
  entry: Entry,
  finding: FoundInjection,
  write: Write,
  { discovery, namespaces }: { discovery: Discovery; namespaces: ReadonlyMap<string, Labels> },
): boolean {
  const { on, verb } = write;
  const resource = discovery.byKind(on.apiVersion, on.kind);
  if (resource === undefined) return false;
  const isRuled = (entry.rules ?? []).some(
    rule =>
      has(rule.operations, OPERATION[verb]) &&
      has(rule.apiGroups, groupOf(on.apiVersion)) &&
      hasResource(rule.resources, resource.resource) &&
      (rule.scope === undefined || rule.scope === '*' || (rule.scope === 'Namespaced') === resource.namespaced),
  );
  if (!isRuled) return false;
  const object = verb === 'create' || verb === 'replace' ? write.body : finding.live;
  // The selector is matched with a Namespace's own labels; other cluster-scoped objects always match.
  const of =
    on.kind === 'Namespace'
      ? object.metadata.labels
      : on.namespace === undefined
        ? undefined
        : namespaces.get(on.namespace);
  const isInScope = of === undefined || selects(entry.namespaceSelector, of);
  return isInScope && selects(entry.objectSelector, object.metadata.labels ?? {});
}

const has = (values: readonly string[] | undefined, wanted: string) =>
  values?.some(value => value === '*' || value === wanted) === true;
/** `pods/*` and `pods/status` mean subresources, which no restore writes; `*` and `*` + `/*` match every resource. */
const hasResource = (values: readonly string[] | undefined, wanted: string) =>
  values?.some(value => value === '*' || value === '*/*' || value === wanted) === true;

function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  const text = selector === undefined ? '' : labelSelectorText(selector);
  if (text === undefined || text === '') return true;
  const requirements = parseSelector(text);
  return typeof requirements === 'string' || matches(requirements, labels);
}

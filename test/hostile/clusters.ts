import fc from 'fast-check';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import { sha256 } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

/** Anything that JSON can hold, with what trips readers up among it. */
const anyJson = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, [], {}, '', 0, -1, 1e308, 'null', '[]', '{', '\u001b]52;c;x\u0007', {}),
  },
  {
    weight: 1,
    arbitrary: fc.constant(JSON.parse('{"__proto__":{"a":1},"constructor":"x","toString":null,"hasOwnProperty":1}')),
  },
);

const names = fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'a', 'web-a', '…', '');
const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}${close.repeat(levels)}`;

/** Payloads that look like records of some type, and less so. */
const payload = fc
  .oneof(
    fc.record(
      {
        labelKey: fc.oneof(names, anyJson),
        existed: fc.oneof(fc.boolean(), anyJson),
        originalValue: fc.oneof(fc.string(), anyJson),
        ownerReferences: fc.oneof(fc.constant('[{'), fc.constant('[null]'), fc.string(), anyJson),
        rollbackSecretRef: fc.string(),
        resourceType: fc.constantFrom('ConfigMap', 'Secret', 'constructor'),
        key: fc.oneof(names, anyJson),
        keyExists: fc.constantFrom('true', 'false', 'x'),
        path: fc.oneof(fc.constantFrom('spec.replicas', 'metadata.labels.a', '__proto__.x', 'spec..x'), anyJson),
        field: fc.oneof(names, anyJson),
        finalizer: fc.string(),
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(names, fc.constantFrom<unknown>('Fail', 'Ignore', '', null, {})),
    fc.array(anyJson, { maxLength: 3 }),
    anyJson,
  )
  .map(value => JSON.stringify(value));

const rawPayload = fc.oneof(
  { weight: 6, arbitrary: payload },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '1e999',
      '{"path":"spec.replicas","originalValue":1e999}',
      '{"labelKey":"constructor","existed":true,"originalValue":"x"}',
      '{"ownerReferences":"[{\\"uid\\":"}',
      `{"path":"spec","originalValue":${deep(20_000, '[', ']')}}`,
      `{"path":"spec","originalValue":${deep(150, '{"a":', '}').replace('}', '1}')}}`,
      '{"__proto__":{"finalizer":"x"}}',
    ),
  },
);

/** The text of an undo record: whole, with a wrong checksum, torn, or no record at all. */
export const recordText = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(rawPayload, fc.option(anyJson))
      .map(
        ([raw, facts]) =>
          `{"data":${raw},"checksum":"${sha256(raw)}"${facts === null ? '' : `,"mayday":${JSON.stringify(facts)}`}}`,
      ),
  },
  { weight: 1, arbitrary: rawPayload.map(raw => `{"data":${raw},"checksum":"0"}`) },
  { weight: 1, arbitrary: fc.string() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'null',
      '[]',
      '{}',
      '{"data":',
      deep(20_000, '[', ']'),
      '{"data":1,"checksum":{}}',
      '{"checksum":1e999,"data":null}',
    ),
  },
);

const P = 'chaos.operatorchaos.io/';
const stamp = fc.constantFrom('2026-11-21T10:00:00Z', 'yesterday', '', '1e999', '+275760-09-13T00:00:00.001Z');
const facts = fc.oneof(
  anyJson.map(value => JSON.stringify(value)),
  fc.constant(
    JSON.stringify({ v: 1, id: 'i', run: 'r', experiment: 'e', by: 'b', host: 'h', at: 'never', injected: 'sha256:0' }),
  ),
  fc.string(),
);
const texts = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const annotations = fc.record(
  {
    [`${P}rollback-data`]: recordText,
    [`${P}mayday`]: facts,
    [`${P}expires`]: stamp,
    [`${P}original-replicas`]: fc.constantFrom('3', '-1', '1e999', 'NaN', ''),
    [`${P}crash-container-name`]: names,
    [`${P}original-command-a`]: fc.oneof(fc.constantFrom('["a"]', 'null', '[[', '{}'), fc.string()),
    [`${P}corrupt-container-name`]: names,
    [`${P}original-image-a`]: fc.string(),
    [`${P}original-secret`]: names,
    'mayday/lock-keeper': facts,
    'kubectl.kubernetes.io/last-applied-configuration': anyJson.map(texts),
  },
  { requiredKeys: [] },
);
const labels = fc.record(
  {
    [`${P}type`]: fc.oneof(fc.constantFrom<string>(...FAULT_TYPES), names),
    'app.kubernetes.io/managed-by': fc.constantFrom('operator-chaos', 'Helm'),
    chaosUID: names,
    krkn: fc.constant('chaos'),
  },
  { requiredKeys: [] },
);

/** Kinds that carry records, are backups, or are other tools'. */
const KINDS: readonly [apiVersion: string, kind: string, namespaced: boolean][] = [
  ['v1', 'ConfigMap', true],
  ['v1', 'Secret', true],
  ['v1', 'Service', true],
  ['v1', 'Namespace', false],
  ['apps/v1', 'Deployment', true],
  ['networking.k8s.io/v1', 'NetworkPolicy', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', false],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', false],
  ['coordination.k8s.io/v1', 'Lease', true],
];
const BACKUPS = [
  'chaos-backup-secret-x',
  'chaos-backup-resource-configmap-x',
  'chaos-backup-lease-x',
  'chaos-rollback-ns-x',
  'chaos-rollback-x-a',
  'operator-chaos-x',
  'operator-chaos-lock-kserve',
  'x',
];

const backupText = fc.oneof(
  recordText,
  anyJson.map(texts),
  fc.constantFrom(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'shop', labels: 5, ownerReferences: [null] },
    }),
    JSON.stringify({
      metadata: { name: 'x', namespace: 'shop', annotations: null, finalizers: 'a' },
      spec: null,
      data: [],
    }),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x', namespace: 'shop' },
      spec: { ports: [null], clusterIPs: 5 },
    }),
    deep(20_000, '[', ']'),
  ),
);

const body = fc.record(
  {
    data: fc.oneof(
      fc.dictionary(
        fc.oneof(
          names,
          fc.constantFrom('secret-backup', 'lease-backup', 'resource-backup', 'labels', 'annotations', 'keyExists'),
        ),
        backupText,
        { maxKeys: 4 },
      ),
      anyJson,
    ),
    spec: fc.oneof(
      anyJson,
      fc.record(
        {
          replicas: anyJson,
          template: anyJson,
          holderIdentity: anyJson,
          leaseDurationSeconds: anyJson,
          renewTime: anyJson,
          acquireTime: anyJson,
          hard: anyJson,
          finalizers: anyJson,
        },
        { requiredKeys: [] },
      ),
    ),
    status: fc.oneof(
      anyJson,
      fc.record(
        {
          conditions: fc.oneof(fc.array(anyJson, { maxLength: 2 }), anyJson),
          history: anyJson,
          experimentStatus: anyJson,
          engineStatus: anyJson,
        },
        { requiredKeys: [] },
      ),
    ),
    webhooks: fc.oneof(
      fc.array(
        fc.oneof(
          anyJson,
          fc.record(
            { name: names, failurePolicy: anyJson, clientConfig: anyJson, rules: anyJson },
            { requiredKeys: [] },
          ),
        ),
        { maxLength: 2 },
      ),
      anyJson,
    ),
    subjects: fc.oneof(fc.array(anyJson, { maxLength: 2 }), anyJson),
    rules: anyJson,
  },
  { requiredKeys: [] },
);

/** An object as a server may send it whose metadata has the right form, and nothing else has to. */
export const hostileObject: fc.Arbitrary<KubeObject> = fc
  .tuple(
    fc.constantFrom(...KINDS),
    fc.constantFrom(...BACKUPS),
    labels,
    annotations,
    body,
    fc.record(
      {
        finalizers: fc.array(fc.string(), { maxLength: 2 }),
        managedFields: fc.array(
          fc.record({ time: anyJson, manager: anyJson, fieldsV1: anyJson }, { requiredKeys: [] }),
          { maxLength: 2 },
        ),
        deletionTimestamp: stamp,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([[apiVersion, kind, namespaced], name, its, notes, content, more]) => {
    const isSecret =
      kind === 'Secret' && typeof content.data === 'object' && content.data !== null && !Array.isArray(content.data);
    const data = isSecret
      ? {
          data: Object.fromEntries(
            Object.entries(content.data as object).map(([key, value]) => [
              key,
              Buffer.from(String(value)).toString('base64'),
            ]),
          ),
        }
      : {};
    return {
      apiVersion,
      kind,
      ...content,
      ...data,
      metadata: {
        name,
        ...(namespaced ? { namespace: 'shop' } : {}),
        labels: its,
        annotations: notes,
        ...more,
      } as KubeObject['metadata'],
    };
  });

/** What a list, a discovery document, a Status or an object may be on the wire. */
export const anyAnswer = fc.oneof(
  anyJson,
  fc.record(
    {
      kind: fc.constantFrom<unknown>(
        'PodList',
        'Status',
        'APIGroupDiscoveryList',
        'APIGroupList',
        'APIVersions',
        'APIResourceList',
        null,
        5,
      ),
      metadata: fc.oneof(
        anyJson,
        fc.record(
          {
            resourceVersion: anyJson,
            continue: anyJson,
            name: anyJson,
            labels: anyJson,
            annotations: anyJson,
            ownerReferences: anyJson,
            finalizers: anyJson,
            managedFields: anyJson,
          },
          { requiredKeys: [] },
        ),
      ),
      items: fc.oneof(
        fc.array(
          fc.oneof(
            anyJson,
            fc.record(
              {
                metadata: fc.oneof(anyJson, fc.record({ name: names, labels: anyJson })),
                versions: fc.oneof(
                  anyJson,
                  fc.array(
                    fc.record(
                      { version: anyJson, resources: fc.oneof(anyJson, fc.array(anyJson)), freshness: anyJson },
                      { requiredKeys: [] },
                    ),
                    { maxLength: 2 },
                  ),
                ),
              },
              { requiredKeys: [] },
            ),
          ),
          { maxLength: 3 },
        ),
        anyJson,
      ),
      groups: anyJson,
      versions: anyJson,
      resources: anyJson,
      message: anyJson,
      reason: anyJson,
      code: anyJson,
      details: anyJson,
    },
    { requiredKeys: [] },
  ),
);

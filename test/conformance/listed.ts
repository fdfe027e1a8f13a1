/** A difference that stays, and why. */
export interface Listed {
  /** `scenario/step`, or `scenario/*`. */
  readonly where: readonly string[];
  /** Matches the paths of the differences that are meant (each ends in a colon); every path when absent. */
  readonly differs?: RegExp;
  readonly because: string;
}

const of = (scenario: string, ...steps: readonly string[]): string[] => steps.map(step => `${scenario}/${step}`);

/** Where the sandbox answers otherwise than the real server. */
export const LISTED: readonly Listed[] = [
  {
    where: [...of('create', 'bad-yaml'), ...of('apply', 'not-yaml')],
    differs: /message/,
    because: 'another library reads YAML, and says in its own words what is wrong with it',
  },
  {
    where: of('apply', 'as-yaml'),
    differs: /\.(f:)?(y|true):/,
    because: 'the real server reads YAML 1.1, where a bare y is a boolean; here it is the text that was written',
  },
  { where: of('forms', 'as-yaml'), because: 'the same object, its members in another order' },
  {
    where: of('create', 'given-uid'),
    differs: /generation/,
    because: 'kinds that are not counted keep a generation a client makes up, and nothing ever reads it',
  },
  {
    where: of('patches', 'other-kind'),
    differs: /message/,
    because:
      'a patch that makes a ConfigMap a Secret is refused for its kind, not for the first value that is not base64',
  },
  {
    where: of('patches', 'bad-label'),
    differs: /causes\.\d/,
    because: 'the real server checks the labels of an updated object four times and repeats the cause',
  },
  {
    where: of('apply', 'put-managed-fields-empty'),
    differs: /managedFields/,
    because: 'an empty list of managed fields in an update is taken as none, as clients that drop the member mean it',
  },
  {
    where: of('apply-lists', 'through-scale'),
    because: 'a Scale is read, put and patched here, not applied; no client of this project applies one',
  },
  {
    where: of('namespaces', 'generate-name', 'spec-finalizer', 'metadata-finalizer', 'table', 'delete-dry-run'),
    differs: /managedFields|resourceVersion/,
    because: 'who owns the finalizers that a patch of the spec names but cannot set is not followed',
  },
  {
    where: of('namespaces', 'status', 'table', 'delete-dry-run'),
    because: 'the phase of a Namespace is not checked when a client writes its status',
  },
  {
    where: of('events', 'new-style-incomplete'),
    because: 'an Event of events.k8s.io is taken without the fields that it must have',
  },
  {
    where: of('tokens', 'token', 'token-default', 'token-audience'),
    differs: /managedFields/,
    because: 'a TokenRequest is not stored, and nobody asks who owns its fields',
  },
  {
    where: of('tokens', 'use-after'),
    because: 'the real server goes on taking the token of a deleted account from its cache for ten seconds',
  },
  {
    where: of('definitions', 'kind-changes'),
    because: 'the name of the definition is checked against the changed group too, and both causes are told',
  },
  {
    where: of('custom', 'spec-not-object', 'status-invalid'),
    differs: /message|causes|details/,
    because:
      'the refusal is the same; the scale paths are not looked at again, and the path in a status is the whole one',
  },
  {
    where: of('workloads', 'controller'),
    because: 'ReplicationControllers are stored but have neither defaults nor a controller',
  },
  {
    where: of('workloads', 'revisions'),
    because: 'sets keep no ControllerRevisions: a revision is known by its hash alone',
  },
  {
    where: of('jobs', 'own-selector', 'template'),
    because: 'a Job with a selector of its own is taken as it is; a changed template is refused as a whole',
  },
  {
    where: of('network', 'proxy-none'),
    because: 'nothing is proxied to: there are no containers that listen',
  },
  {
    where: of('kinds', 'autoscaler-v1'),
    because:
      'the older version of a HorizontalPodAutoscaler shows what the newer one is, without converting its metrics',
  },
  {
    where: of('kinds', 'component-statuses'),
    differs: /message|details/,
    because: 'the real server names this one kind in the singular',
  },
  {
    where: of('kinds', 'api-services', 'flow-schemas'),
    because: 'the objects behind aggregation, priority and fairness are not there',
  },
  { where: of('documents', 'openapi-unknown'), because: 'a missing document says so in its body' },
  { where: of('documents', 'version'), differs: /gitVersion/, because: 'the sandbox does not pass for a real server' },
  {
    where: of('documents', 'encoded-slash'),
    because: 'a name with a slash in it is looked for and not found, instead of not being a path',
  },
  {
    where: of('paths', 'root', 'metrics', 'configuration', 'keys', 'openapi-v3-version'),
    because: 'there are no metrics, no keys to check tokens with, and of OpenAPI version 3 only documents for groups',
  },
  {
    where: of('schemas', 'bad-pattern'),
    differs: /message/,
    because: 'what is wrong with a regular expression is told without the words of the library that reads it',
  },
  {
    where: of('gadgets', 'embedded'),
    because: 'the metadata of an object within a custom object is kept as it comes',
  },
  {
    where: of('gadgets', 'apply-null'),
    because: 'a null in a custom object is left out however it comes; the real server checks one that is applied',
  },
  {
    where: of('gadgets', 'protobuf'),
    because: 'refusals are written as JSON or YAML, never as protobuf',
  },
];

/** The schema of objects that may hold anything. */
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

interface Version {
  schema?: object;
  /** Whether objects are kept in this version; of several, one is. */
  storage?: boolean;
  /** Whether the status is written by requests of its own. */
  status?: boolean;
}

/** One served version of a custom kind; without a schema it takes any object. */
export const version = (name: string, { schema = ANYTHING, storage = true, status = false }: Version = {}): object => ({
  name,
  served: true,
  storage,
  ...(status && { subresources: { status: {} } }),
  schema: { openAPIV3Schema: schema },
});

/** The CustomResourceDefinition of a kind with the names that are usual for it. */
export const definition = (
  group: string,
  kind: string,
  versions: readonly object[],
  { plural = `${kind.toLowerCase()}s` }: { plural?: string } = {},
) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions,
  },
});

import type { Installed } from './operator.ts';

export interface CrdSeed {
  group: string;
  plural: string;
  kind: string;
  singular?: string;
  shortNames?: string[];
  scope?: 'Namespaced' | 'Cluster';
  version: string;
  /** `openAPIV3Schema.properties.spec`; any spec is valid when absent. */
  spec?: Record<string, unknown>;
  columns?: readonly { name: string; type: string; jsonPath: string; priority?: number }[];
  annotations?: Record<string, string>;
}

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** A CustomResourceDefinition with a status path, established. */
export function crd(seed: CrdSeed): Installed {
  const { group, plural, kind } = seed;
  const names = {
    plural,
    singular: seed.singular ?? kind.toLowerCase(),
    ...(seed.shortNames && { shortNames: seed.shortNames }),
    kind,
    listKind: `${kind}List`,
  };
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    reason,
    message,
  });
  return {
    resource: 'customresourcedefinitions.apiextensions.k8s.io',
    object: {
      metadata: { name: `${plural}.${group}`, ...(seed.annotations && { annotations: seed.annotations }) },
      spec: {
        group,
        names,
        scope: seed.scope ?? 'Namespaced',
        conversion: { strategy: 'None' },
        versions: [
          {
            name: seed.version,
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  apiVersion: { type: 'string' },
                  kind: { type: 'string' },
                  metadata: { type: 'object' },
                  spec: seed.spec ?? ANYTHING,
                  status: ANYTHING,
                },
              },
            },
            subresources: { status: {} },
            ...(seed.columns && { additionalPrinterColumns: seed.columns }),
          },
        ],
      },
      status: {
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        acceptedNames: names,
        storedVersions: [seed.version],
      },
    },
  };
}

/** A ConfigMap and a Deployment in one file, as people keep them. */
export const manifest = (value: string, image: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: ap}
data: {k: ${value}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ap, labels: {app: ap}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ap}}
  template:
    metadata: {labels: {app: ap}}
    spec: {containers: [{name: a, image: "${image}"}]}
`;

/** A kind of one's own, with a schema, a default and a printer column. */
export const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.try.example.com}
spec:
  group: try.example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Mode, type: string, jsonPath: .spec.mode}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [mode]
            properties: {mode: {type: string, enum: [fast, safe]}, size: {type: integer, default: 3}}
`;

export const widget = (mode: string): string => `apiVersion: try.example.com/v1
kind: Widget
metadata: {name: w}
spec: {mode: ${mode}}
`;

/** What `kubectl get -o yaml` of several objects writes. `field` is the name of the data. */
export const listOfMaps = (field: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: ['l1', 'l2'].map(name => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, [field]: { a: '1' } })),
  });

/** A kind with two served versions; the older one has no colour. */
export const twoVersions = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gizmos.try.example.com}
spec:
  group: try.example.com
  scope: Namespaced
  names: {plural: gizmos, singular: gizmo, kind: Gizmo}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}, colour: {type: string}}}}}}
  - name: v1beta1
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;

export const gizmo = (version: string, size: number): string =>
  JSON.stringify({ apiVersion: `try.example.com/${version}`, kind: 'Gizmo', metadata: { name: 'g' }, spec: { size } });

import { crd } from './crd.ts';
import type { Installed } from './operator.ts';
import { condition, custom } from './parts.ts';

const SERVING = 'serving.kserve.io';

export const INFERENCE_SERVICES = crd({
  group: SERVING,
  plural: 'inferenceservices',
  kind: 'InferenceService',
  shortNames: ['isvc'],
  version: 'v1beta1',
  columns: [
    { name: 'URL', type: 'string', jsonPath: '.status.url' },
    { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export const LLM_SERVICES = crd({
  group: SERVING,
  plural: 'llminferenceservices',
  kind: 'LLMInferenceService',
  shortNames: ['llmisvc'],
  version: 'v1alpha1',
});

export const SERVING_RUNTIMES = crd({
  group: SERVING,
  plural: 'clusterservingruntimes',
  kind: 'ClusterServingRuntime',
  scope: 'Cluster',
  version: 'v1alpha1',
});

/** OpenShift's Route, with the two things its API insists on: a target and a known kind of TLS termination. */
export const ROUTES = crd({
  group: 'route.openshift.io',
  plural: 'routes',
  kind: 'Route',
  version: 'v1',
  columns: [
    { name: 'Host', type: 'string', jsonPath: '.spec.host' },
    { name: 'Service', type: 'string', jsonPath: '.spec.to.name' },
    { name: 'Termination', type: 'string', jsonPath: '.spec.tls.termination' },
  ],
  spec: {
    type: 'object',
    required: ['to'],
    properties: {
      host: { type: 'string', maxLength: 253 },
      path: { type: 'string' },
      port: {
        type: 'object',
        properties: {
          targetPort: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
        },
      },
      tls: {
        type: 'object',
        required: ['termination'],
        properties: {
          termination: { type: 'string', enum: ['edge', 'reencrypt', 'passthrough'] },
          insecureEdgeTerminationPolicy: { type: 'string', enum: ['Allow', 'None', 'Redirect', ''] },
        },
      },
      to: {
        type: 'object',
        required: ['name'],
        properties: {
          kind: { type: 'string', enum: ['Service', ''], default: 'Service' },
          name: { type: 'string', minLength: 1 },
          weight: { type: 'integer', minimum: 0, maximum: 256, default: 100 },
        },
      },
      wildcardPolicy: { type: 'string', enum: ['None', 'Subdomain', ''], default: 'None' },
    },
  },
});

/** An InferenceService that serves. */
export function inferenceService(namespace: string, name: string, labels: Record<string, string>): Installed {
  return custom(`inferenceservices.${SERVING}`, `${SERVING}/v1beta1`, 'InferenceService', {
    metadata: { name, namespace, labels, annotations: { 'serving.kserve.io/deploymentMode': 'RawDeployment' } },
    spec: {
      predictor: {
        model: {
          modelFormat: { name: 'sklearn' },
          storageUri: `gs://kfserving-examples/models/sklearn/1.0/${name}`,
          resources: { requests: { cpu: '100m', memory: '256Mi' } },
        },
      },
    },
    status: {
      url: `http://${name}-${namespace}.apps.example.com`,
      observedGeneration: 1,
      conditions: [condition('IngressReady'), condition('PredictorReady'), condition('Ready')],
    },
  });
}

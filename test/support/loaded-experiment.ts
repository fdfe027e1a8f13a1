import type { Experiment, LoadedExperiment } from '../../src/experiment/types.ts';

type Spec = Experiment['spec'];
type Allowed = Pick<Spec['blastRadius'], 'allowedNamespaces'> & Partial<Spec['blastRadius']>;

/** The check that Deployment `web` is available. */
export const WEB_IS_AVAILABLE = {
  type: 'conditionTrue',
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  conditionType: 'Available',
} as const;

/** An experiment as it comes from a valid file; it may reach one pod, and do what is dangerous. */
export const loadedExperiment = (
  metadata: Experiment['metadata'],
  { blastRadius, ...spec }: Omit<Spec, 'blastRadius'> & { blastRadius: Allowed },
): LoadedExperiment => ({
  path: `${metadata.name}.yaml`,
  sha256: '0'.repeat(64),
  experiment: {
    apiVersion: 'chaos.operatorchaos.io/v1alpha1',
    kind: 'ChaosExperiment',
    metadata,
    spec: {
      ...spec,
      blastRadius: { maxPodsAffected: 1, forbiddenResources: [], allowDangerous: true, dryRun: false, ...blastRadius },
    },
  },
});

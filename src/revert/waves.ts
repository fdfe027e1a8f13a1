import type { FoundInjection } from '../injection/found-injection.ts';
import { own } from '../text/own.ts';

/** The order of restores: first what could block the others. */
export const WAVES = ['webhooks', 'rights', 'limits', 'the rest'] as const;

const WAVE_OF_KIND: Readonly<Record<string, number>> = {
  ValidatingWebhookConfiguration: 0,
  MutatingWebhookConfiguration: 0,
  ClusterRoleBinding: 1,
  RoleBinding: 1,
  ClusterRole: 1,
  Role: 1,
  ResourceQuota: 2,
  NetworkPolicy: 2,
  PodDisruptionBudget: 2,
};

/** Webhooks first, because they may refuse every later write; then permissions to write; then quotas, policies and budgets. */
export const waveOf = (finding: Pick<FoundInjection, 'object'>): number =>
  own(WAVE_OF_KIND, finding.object.kind) ?? WAVES.length - 1;

/** The findings of each wave, empty waves included, order within a wave kept. */
export function intoWaves<T extends Pick<FoundInjection, 'object'>>(findings: readonly T[]): T[][] {
  return WAVES.map((_, wave) => findings.filter(finding => waveOf(finding) === wave));
}

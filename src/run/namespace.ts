import type { Experiment } from '../experiment/types.ts';

/** Where the fault lands, as the framework resolves it: the one allowed namespace, the first check's, the document's own, `default`. */
export function resolveNamespace({ metadata, spec }: Experiment): string {
  const [only, ...more] = spec.blastRadius.allowedNamespaces;
  if (only !== undefined && more.length === 0) return only;
  return spec.steadyState.checks.find(check => check.namespace)?.namespace ?? metadata.namespace ?? 'default';
}

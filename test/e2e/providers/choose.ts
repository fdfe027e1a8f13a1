import { spawnSync } from 'node:child_process';
import { controlplane } from './controlplane.ts';
import { kind } from './kind.ts';
import { kubeconfig } from './kubeconfig.ts';
import { PROVIDER_NAMES, type ProviderKind, type ProviderName } from './provider.ts';
import { sandbox } from './sandbox.ts';

const KINDS: Readonly<Record<ProviderName, ProviderKind>> = { sandbox, controlplane, kind, kubeconfig };

/** What journeys run against, and what they do not and why. */
export interface Choice {
  readonly kinds: readonly ProviderKind[];
  readonly skipped: readonly string[];
}

/**
 * The providers that MAYDAY_E2E_PROVIDER names, several with commas between. Without it the sandbox, and the control plane
 * where it is built or can be. One that cannot be here is a line in `skipped`; an unknown name throws.
 */
export function chooseProviders(wanted = process.env.MAYDAY_E2E_PROVIDER): Choice {
  if (spawnSync('kubectl', ['version', '--client']).status !== 0)
    return { kinds: [], skipped: ['no journeys here: kubectl is not on the PATH'] };
  const chosen = namesIn(wanted).map(name => KINDS[name]);
  return {
    kinds: chosen.filter(each => each.whyNot() === undefined),
    skipped: chosen.flatMap(each => each.whyNot() ?? []),
  };
}

/** Why this provider is not asked for, as one line; undefined when it is. */
export const notWanted = (name: ProviderName, wanted = process.env.MAYDAY_E2E_PROVIDER): string | undefined =>
  namesIn(wanted).includes(name) ? undefined : `only ${wanted} is asked for`;

function namesIn(wanted = ''): ProviderName[] {
  const names = wanted === '' ? ['sandbox', 'controlplane'] : wanted.split(',');
  return names.map(name => {
    const known = PROVIDER_NAMES.find(each => each === name.trim());
    if (known !== undefined) return known;
    throw new Error(`MAYDAY_E2E_PROVIDER: expected one of ${PROVIDER_NAMES.join(', ')}, found ${name}`);
  });
}

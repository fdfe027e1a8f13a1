import type { Api } from '../kube/client/api.ts';
import { sanitise } from '../text/sanitise.ts';
import { CommandFailure } from './failure.ts';
import { printNotice } from './output/notice.ts';

/**
 * Checks that the namespace named by `flag` exists: an empty result for a mistyped name would be misleading. Where that may not be read, stderr
 * says so. `isForNew`: we are about to create something there, so the namespace may only not exist yet.
 */
export async function expectNamespace(
  api: Api,
  namespace: string | undefined,
  { flag = '-n', isForNew = false }: { flag?: string; isForNew?: boolean } = {},
): Promise<void> {
  if (namespace === undefined) return;
  const got = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  if (got.ok) return;
  if (got.reason === 'not-found')
    throw new CommandFailure(
      `expected namespace ${namespace} in context ${sanitise(api.identity.context, 200)}, found none of that name: check ${flag}${isForNew ? `, or make it (\`kubectl create namespace ${namespace}\`)` : ''}; nothing was done`,
    );
  printNotice(`whether namespace ${namespace} exists could not be checked: ${got.message}`);
}

import type { KnownContext, KnownContexts } from '../../kube/connection/contexts.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Context } from './context.ts';
import { notify } from './context.ts';

/** Between two looks at the kubeconfig, milliseconds. */
const LOOK_MS = 2_000;

/** What this console was connected by. */
interface Used {
  context: string;
  /** Chosen by name; else it is the kubeconfig's current one. */
  isNamed: boolean;
}

/**
 * In one line, how the kubeconfig differs from what this connection was made with; undefined if it does not. The
 * connection itself never changes: the line says that a new one would reach another cluster or act as another user.
 */
export function changeOf(then: KnownContexts, now: KnownContexts, { context, isNamed }: Used): string | undefined {
  if (!then.ok) return undefined;
  if (!now.ok) return `the kubeconfig can no longer be read: ${now.message}`;
  const [was, is] = [then, now].map(({ contexts }) => contexts.find(({ name }) => name === context));
  if (was === undefined) return undefined;
  if (is === undefined) return `context ${context} is no longer in the kubeconfig`;
  if (is.server !== was.server)
    return `context ${context} of the kubeconfig now leads to ${is.server || 'no server'}; this console still talks to ${was.server}`;
  if (is.user !== was.user)
    return `context ${context} of the kubeconfig now acts as ${is.user || 'nobody'}; this console still acts as ${was.user}`;
  if (is.fingerprint !== was.fingerprint)
    return `the certificates or the sign-in of context ${context} were changed in the kubeconfig`;
  const current = currentOf(now.contexts);
  if (!isNamed && current !== currentOf(then.contexts))
    return `the current context of the kubeconfig is now ${current ?? 'none'}; this console stays at ${context}`;
  return undefined;
}

const currentOf = (contexts: readonly KnownContext[]): string | undefined =>
  contexts.find(({ isCurrent }) => isCurrent)?.name;

/** Reports a kubeconfig that changes while the console runs, which locks injecting until a person acknowledges it. */
export interface KubeconfigWatch {
  /** Watches until the cluster is closed. */
  watch(used: Used): Promise<void>;
  acknowledge(): void;
}

export function createKubeconfigWatch(context: Context): KubeconfigWatch {
  const { deps, store } = context;
  let baseline: KnownContexts | undefined;
  let latest: KnownContexts | undefined;

  const read = async (): Promise<KnownContexts | undefined> => deps.contexts?.().catch(() => undefined);

  async function look(used: Used): Promise<void> {
    const now = await read();
    const isSteady = now === latest;
    latest = now;
    // A file that is being written may be incomplete: a change counts only if the next look still shows it.
    if (!now || !baseline || !isSteady) return;
    const change = changeOf(baseline, now, used);
    const text = change === undefined ? '' : sanitise(change, 300);
    if (text === store.getState().kubeconfigChange) return;
    store.setState({ kubeconfigChange: text, armed: undefined });
  }

  return {
    async watch(used) {
      baseline = await read();
      latest = baseline;
      while (!context.ended.aborted && deps.contexts !== undefined) {
        await deps.clock.sleep(LOOK_MS, context.ended).catch(() => undefined);
        await look(used);
      }
    },
    acknowledge() {
      baseline = latest;
      store.setState({ kubeconfigChange: '' });
      notify(context, 'the connection stays as it was; open the context again from the palette to follow the file');
    },
  };
}

import { resolve } from 'node:path';
import type { ConsoleDeps } from '../../console/deps.ts';
import type { KnownContexts } from '../../kube/connection/contexts.ts';
import type { SharedByConnections } from '../../kube/connection/machine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { messageOf } from '../../text/message-of.ts';
import { EXIT } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { runtimeFor } from '../session.ts';

/** Connects to the cluster of the command line, or to another context of its kubeconfig. */
export function connectFor(runtime: Runtime, globals: GlobalOptions): ConsoleDeps['connect'] {
  const { sandbox } = globals;
  const sharedByContexts = sharedOnFirstUse();
  return async (progress, named) => {
    progress(sandbox === undefined ? 'reading the kubeconfig' : `starting the sandbox (${sandbox})`);
    try {
      // Loaded while the connection is made.
      const loading = import('./session.ts');
      const used =
        named === undefined
          ? runtime
          : await runtimeFor({ ...globals, context: named, shared: await sharedByContexts() });
      const connected = await used.connect();
      if (!connected.ok) {
        return {
          ok: false,
          message: connected.message,
          exitCode: connected.reason === 'context' ? EXIT.usage : EXIT.unreachable,
        };
      }
      const { consoleSession } = await loading;
      return { ok: true, session: consoleSession(used, connected.value) };
    } catch (error) {
      return { ok: false, message: messageOf(error), exitCode: EXIT.unreachable };
    }
  };
}

/** What the connections to other contexts share. The kubeconfig is parsed once, not once for each cluster. */
function sharedOnFirstUse(): () => Promise<SharedByConnections> {
  let known: SharedByConnections | undefined;
  return async () => {
    const { sharedMachine } = await import('../../kube/connection/machine.ts');
    const { createKeyedQueue } = await import('../../host/keyed-queue.ts');
    known ??= { machine: sharedMachine(), clusters: 1, revertQueue: createKeyedQueue() };
    return known;
  };
}

/** Reads the contexts of the kubeconfig; the parser is loaded when they are first asked for. */
export function contextsOf({ kubeconfig }: GlobalOptions): () => Promise<KnownContexts> {
  let read: (() => Promise<KnownContexts>) | undefined;
  return async () => {
    read ??= (await import('../../kube/connection/contexts.ts')).contextsReader(kubeconfig && resolve(kubeconfig));
    return read();
  };
}

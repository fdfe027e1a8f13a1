import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { withoutUserinfo } from '../../text/url.ts';
import { type Kubeconfig, type KubeUser, kubeconfigFiles, loadKubeconfig, type Machine } from './kubeconfig.ts';
import { thisMachine } from './machine.ts';

/** One context of the kubeconfig, for a person to choose. */
export interface KnownContext {
  /** The name in the file. */
  name: string;
  server: Clean;
  user: Clean;
  isCurrent: boolean;
  /**
   * A fingerprint that changes with the certificates, the proxy or the authentication, but not with a renewed token.
   */
  fingerprint: string;
}

export type KnownContexts = { ok: true; contexts: readonly KnownContext[] } | { ok: false; message: Clean };

/** Returns a function that reads the contexts of the kubeconfig. While the files are unchanged, it returns the same object. */
export function contextsReader(
  path?: string,
  machine: Machine = thisMachine(),
  fingerprintOf: (file: string) => string = fileFingerprint,
): () => Promise<KnownContexts> {
  let last: { files: string; known: KnownContexts } | undefined;
  return async () => {
    const files = kubeconfigFiles(machine, path).map(fingerprintOf).join('\n');
    if (last?.files === files) return last.known;
    const read = await loadKubeconfig(machine, path);
    const known: KnownContexts = read.ok ? { ok: true, contexts: contextsOf(read.value) } : read;
    last = { files, known };
    return known;
  };
}

/** A fingerprint of a file. */
function fileFingerprint(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'missing';
  }
}

const contextsOf = ({ contexts, clusters, users, currentContext }: Kubeconfig): KnownContext[] =>
  contexts.map(context => {
    const cluster = clusters.find(({ name }) => name === context.cluster);
    const user = users.find(({ name }) => name === context.user);
    return {
      name: context.name,
      server: sanitise(withoutUserinfo(cluster?.server ?? ''), 256),
      user: sanitise(user?.impersonateUser ?? context.user ?? '', 256),
      isCurrent: context.name === currentContext,
      fingerprint: createHash('sha256')
        .update(JSON.stringify([cluster, user && withoutTokens(user)]))
        .digest('hex'),
    };
  });

/**
 * The user without its token: files-in programs write renewed tokens into the file, and that is no change of the user.
 */
function withoutTokens({ token: _, authProvider, ...user }: KubeUser): unknown {
  return { ...user, provider: authProvider?.name };
}

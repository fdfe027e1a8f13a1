import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, clientCertificate } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** Who asks: a user name, the groups it is in, and the namespace its context names (default `default`). */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly namespace?: string | undefined;
}

/** The authority in a cluster's folder. */
export const authorityIn = (folder: string): Authority => {
  const certificates = join(folder, 'certificates');
  return { folder: certificates, certificate: join(certificates, 'ca.crt'), key: join(certificates, 'ca.key') };
};

/**
 * Makes a certificate for a user of the cluster in `folder` and returns the path of a kubeconfig with it. Kubernetes
 * has no accounts: whoever the authority names exists. What the user may do is for RBAC objects to say.
 */
export function userKubeconfig(folder: string, server: string, user: User): string {
  const authority = authorityIn(folder);
  const kubeconfigs = join(folder, 'kubeconfigs');
  mkdirSync(kubeconfigs, { recursive: true });
  const file = fileName(kubeconfigs, [user.name, ...user.groups].join('.').replace(/[^\w.-]/g, '_'));
  const access = {
    server,
    authority: authority.certificate,
    user: user.name,
    credentials: clientCertificate(authority, `user-${file}`, user.name, user.groups),
  };
  return writeKubeconfig(join(kubeconfigs, `${file}.yaml`), {
    ...access,
    ...(user.namespace !== undefined && { namespace: user.namespace }),
  });
}

// The same user twice (another namespace, say) gets another file: the first may be in use.
function fileName(folder: string, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(join(folder, `${name}.yaml`))) return name;
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Certificate } from './certificates.ts';

/** Who a kubeconfig speaks as: a client certificate, a bearer token, or a file that holds the token of the moment. */
type Credentials = Certificate | { readonly token: string } | { readonly tokenFile: string };

/** What a kubeconfig of these tests says; one cluster, one user, one context. */
export interface Access {
  readonly server: string;
  /** Path of the PEM file of the server's authority. */
  readonly authority: string;
  readonly user: string;
  readonly credentials: Credentials;
  readonly namespace?: string;
}

/**
 * Writes a kubeconfig to `path` and returns the path. Certificates are put inside it, so that the file can be copied.
 * The context is named `mayday-test`, the name that production guards must not mistake for anything else.
 */
export function writeKubeconfig(path: string, access: Access): string {
  const { credentials } = access;
  const user =
    'certificate' in credentials
      ? { 'client-certificate-data': encoded(credentials.certificate), 'client-key-data': encoded(credentials.key) }
      : credentials;
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'mayday-test',
        cluster: { server: access.server, 'certificate-authority-data': encoded(access.authority) },
      },
    ],
    users: [{ name: access.user, user }],
    contexts: [
      {
        name: 'mayday-test',
        context: {
          cluster: 'mayday-test',
          user: access.user,
          ...(access.namespace && { namespace: access.namespace }),
        },
      },
    ],
    'current-context': 'mayday-test',
  };
  writeFileSync(path, stringify(document), { mode: 0o600 });
  return path;
}

const encoded = (path: string): string => readFileSync(path).toString('base64');

/** A kubeconfig that reaches the sandbox as its administrator. JSON is YAML, and every client reads it. */
export function kubeconfigFor(url: string, authority: string, token: string): string {
  const name = 'mayday-sandbox';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      { name, cluster: { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    ],
    contexts: [{ name, context: { cluster: name, user: 'sandbox-admin', namespace: 'default' } }],
    users: [{ name: 'sandbox-admin', user: { token } }],
    preferences: {},
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** One request that RBAC rejected, as clients log it. */
export interface Refused {
  namespace: string;
  account: string;
  verb: string;
  resource: string;
  group: string;
  /** The namespace, unless the request was for the whole cluster. */
  inNamespace?: string;
  /** The line, for evidence. */
  line: string;
}

const REFUSAL =
  /User \\?"system:serviceaccount:([^:"\\]+):([^"\\]+)\\?" cannot (\w+) (?:resource )?\\?"([^"\\]+)\\?" in API group \\?"([^"\\]*)\\?"(?: in the namespace \\?"([^"\\]+)\\?")?/;

/** The requests that RBAC rejected according to log lines, without duplicates. */
export function refusedIn(lines: readonly string[]): Refused[] {
  const found = new Map<string, Refused>();
  for (const line of lines) {
    const [, namespace = '', account = '', verb = '', resource = '', group = '', inNamespace] =
      REFUSAL.exec(line) ?? [];
    if (account !== '')
      found.set(`${verb} ${resource}.${group}`, {
        namespace,
        account,
        verb,
        resource,
        group,
        line,
        ...(inNamespace !== undefined && { inNamespace }),
      });
  }
  return [...found.values()];
}

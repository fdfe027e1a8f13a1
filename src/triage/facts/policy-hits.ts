/** One rule of a policy that denied an object. */
export interface PolicyHit {
  policy: string;
  rule?: string;
  message: string;
  /** `/metadata/labels/team/`, as Kyverno names what does not match. */
  path?: string;
}

/** The violations that a policy engine lists in a denial: Kyverno by policy and rule, Gatekeeper by constraint. */
export function hitsIn(message: string): PolicyHit[] {
  const kyverno = /blocked due to the following policies\s*([\s\S]*)/.exec(message)?.[1];
  if (kyverno !== undefined) return kyvernoHits(kyverno);
  return [...message.matchAll(/\[([a-z0-9][a-z0-9.-]*)\] ([^\n⏎]*)/g)].map(([, name = '', message = '']) => ({
    policy: name,
    message: oneLine(message),
  }));
}

/**
 * `policy:` on a line of its own, then `rule: 'message'` over one or more lines. Line breaks may have become spaces
 * or `⏎`.
 */
function kyvernoHits(text: string): PolicyHit[] {
  const flat = text.replaceAll('⏎', '\n');
  const hits: PolicyHit[] = [];
  let policyName: string | undefined;
  const item = /([a-z0-9][\w.-]*):\s*(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|(?=[a-z0-9][\w.-]*:\s)|([^\n]*))/gy;
  let at = 0;
  while (at < flat.length) {
    item.lastIndex = at + (/^\s*/.exec(flat.slice(at))?.[0].length ?? 0);
    const match = item.exec(flat);
    if (match === null) break;
    at = item.lastIndex;
    const words = match[2] ?? match[3] ?? match[4];
    if (words === undefined || words.trim() === '') policyName = match[1];
    else
      hits.push(hitOf(policyName ?? match[1] ?? '', policyName === undefined ? undefined : match[1], oneLine(words)));
  }
  return hits;
}

function hitOf(policyName: string, rule: string | undefined, message: string): PolicyHit {
  const path = /failed at path (\S+)/.exec(message)?.[1];
  return { policy: policyName, ...(rule && { rule }), message, ...(path && { path }) };
}

/** The keys in `metadata.labels` that a violated rule requires. Keys may contain `/`. */
export function labelKeysIn(hit: PolicyHit): string[] {
  const byPath = /^\/metadata\/labels\/(.+?)\/?$/.exec(hit.path ?? '')?.[1];
  if (byPath !== undefined) return [byPath.replaceAll('~1', '/')];
  const gatekeeper = /you must provide labels: \{([^}]*)\}/.exec(hit.message)?.[1];
  return [...(gatekeeper ?? '').matchAll(/"([^"]+)"/g)].map(([, key = '']) => key);
}

export const oneLine = (text: string): string => text.replace(/[\s⏎]+/g, ' ').trim();

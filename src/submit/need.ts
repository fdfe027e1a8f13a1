import type { AccessQuestion } from '../kube/client/access.ts';
/** One permission that a pod needs, in the form of an access review. */
export type Need = AccessQuestion;

/** A rule of a role. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** The rules for one namespace, or (without one) for the whole cluster. */
export interface Grant {
  namespace?: string;
  rules: Rule[];
}

/** Verbs for which the server ignores resource names. */
const NAMELESS = new Set(['create']);

/**
 * The smallest rules that allow exactly these needs, a grant for each namespace. A need for every object of a kind makes rules for single names
 * unnecessary.
 */
export function grantsFor(needs: readonly Need[]): Grant[] {
  // The grant for the whole cluster, which has no namespace, comes last.
  const places = [...new Set(needs.map(({ namespace }) => namespace))].sort();
  return places.map(namespace => ({
    ...(namespace === undefined ? {} : { namespace }),
    rules: rulesFor(needs.filter(need => need.namespace === namespace)),
  }));
}

function rulesFor(needs: readonly Need[]): Rule[] {
  const named = new Map<string, { group: string; resource: string; name?: string; verbs: Set<string> }>();
  const wide = new Set(needs.filter(isWide).map(keyOf));
  for (const need of needs) {
    if (!isWide(need) && wide.has(keyOf(need))) continue;
    const name = isWide(need) ? undefined : need.name;
    const resource = need.subresource === undefined ? need.resource : `${need.resource}/${need.subresource}`;
    const key = JSON.stringify([need.group, resource, name]);
    const rule = named.get(key) ?? {
      group: need.group,
      resource,
      ...(name === undefined ? {} : { name }),
      verbs: new Set(),
    };
    rule.verbs.add(need.verb);
    named.set(key, rule);
  }
  return joined([...named.values()]);
}

const isWide = ({ verb, name }: Need): boolean => name === undefined || NAMELESS.has(verb);
const keyOf = ({ verb, group, resource, subresource }: Need): string =>
  JSON.stringify([verb, group, resource, subresource]);

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const inOrder = (verbs: Iterable<string>): string[] =>
  [...verbs].sort((a, b) => VERBS.indexOf(a) - VERBS.indexOf(b) || a.localeCompare(b));

/** Joins rules that differ only in the name of the object, so that people can read them. */
function joined(
  rules: readonly { group: string; resource: string; name?: string; verbs: ReadonlySet<string> }[],
): Rule[] {
  const byText = new Map<string, Rule>();
  for (const { group, resource, name, verbs } of rules) {
    const words = inOrder(verbs);
    const key = JSON.stringify([group, resource, words, name === undefined]);
    const rule = byText.get(key);
    if (rule === undefined)
      byText.set(key, {
        apiGroups: [group],
        resources: [resource],
        ...(name === undefined ? {} : { resourceNames: [name] }),
        verbs: words,
      });
    else if (name !== undefined) rule.resourceNames = [...(rule.resourceNames ?? []), name].sort();
  }
  return [...byText.values()].sort((a, b) => textOf(a).localeCompare(textOf(b)));
}

const textOf = ({ apiGroups, resources, resourceNames = [] }: Rule): string =>
  [apiGroups[0], resources[0], ...resourceNames].join(' ');

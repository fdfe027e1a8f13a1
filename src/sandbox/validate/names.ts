/** What is wrong with a name of some kind, in the API server's words; undefined when nothing is. */
export type NameRule = (name: string) => string | undefined;

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

const tooLong = (limit: number, unit: string) => `must be no more than ${limit} ${unit}`;
const regexText = (pattern: string) => `regex used for validation is '${pattern}')`;

/** The server words the limit of labels in bytes and that of names in characters. */
function rule(limit: number, pattern: string, words: string, unit = 'bytes'): NameRule {
  const fits = whole(pattern);
  return name =>
    name.length > limit ? tooLong(limit, unit) : fits.test(name) ? undefined : `${words}, ${regexText(pattern)}`;
}

export const subdomain: NameRule = rule(
  253,
  SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'",
  'characters',
);

export const label: NameRule = rule(
  63,
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc'",
);

/** A label that begins with a letter, as names of versions do. */
export const dnsLabel: NameRule = rule(
  63,
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123'",
);

export const labelValue: NameRule = rule(
  63,
  LABEL_VALUE,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'",
);

export const configKey: NameRule = rule(
  253,
  CONFIG_KEY,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name'",
);

const namePart = rule(
  63,
  QUALIFIED,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc'",
);

const prefixed =
  (what: string): NameRule =>
  name => {
    const [first = '', second, ...more] = name.split('/');
    if (more.length > 0)
      return `${what} must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', ${regexText(QUALIFIED)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
    if (second === undefined) return first === '' ? 'name part must be non-empty' : namePart(first);
    if (first === '') return 'prefix part must be non-empty';
    const prefix = subdomain(first);
    if (prefix) return `prefix part ${prefix}`;
    return second === '' ? 'name part must be non-empty' : namePart(second);
  };

/** `name` or `prefix/name`, as finalizers are. */
export const qualifiedName: NameRule = prefixed('a qualified name');

/** The same for keys of labels and annotations. */
export const labelKey: NameRule = prefixed('a valid label key');

/** A name that only has to fit into a URL path. */
const pathSegment: NameRule = name => {
  if (name === '.' || name === '..') return `may not be '${name}'`;
  if (name.includes('/')) return "may not contain '/'";
  if (name.includes('%')) return "may not contain '%'";
  return undefined;
};

/** A namespace's name is a DNS label; dots have their own message. */
const namespaceName: NameRule = name => (name.includes('.') ? 'must not contain dots' : label(name));

const OWN_RULES: Readonly<Record<string, NameRule>> = {
  namespaces: namespaceName,
  services: label,
  'roles.rbac.authorization.k8s.io': pathSegment,
  'clusterroles.rbac.authorization.k8s.io': pathSegment,
  'rolebindings.rbac.authorization.k8s.io': pathSegment,
  'clusterrolebindings.rbac.authorization.k8s.io': pathSegment,
};

/** The rule for names of a resource. */
export const nameRuleOf = (key: string): NameRule => OWN_RULES[key] ?? subdomain;

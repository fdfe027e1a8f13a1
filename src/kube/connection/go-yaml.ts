import { isPair, isScalar, parseAllDocuments, type Tags, visit } from 'yaml';

/** A parsed YAML document, read in two ways. */
export interface GoYaml {
  /** Every value with its type; integers are `bigint`, so that none is rounded. */
  typed: unknown;
  /** Numbers and booleans as they are written in the text, except for the boolean fields of a kubeconfig. */
  asText: unknown;
}

const BOOLEANS = ['insecure-skip-tls-verify', 'disable-compression', 'provideClusterInfo'];

/**
 * Parses YAML as kubectl does, which takes it for YAML 1.1 (`yes` is true, `0755` is octal) without times and base 60: only the first
 * document, the last of duplicate keys, and an empty text as an empty map.
 */
export function readGoYaml(text: string): GoYaml {
  const [first] = parseAllDocuments(text, {
    version: '1.1',
    customTags: withoutTimes,
    uniqueKeys: false,
    merge: true,
    intAsBigInt: true,
  });
  if (first?.errors[0]) throw first.errors[0];
  const typed = first?.toJS() ?? {};
  if (first === undefined) return { typed, asText: {} };
  visit(first, {
    Scalar(at, node, path) {
      const pair = path.at(-1);
      const key = at === 'value' && isPair(pair) && isScalar(pair.key) ? pair.key.value : undefined;
      const isMeant = typeof node.value === 'boolean' && BOOLEANS.includes(String(key));
      if (!isMeant && ['boolean', 'number', 'bigint'].includes(typeof node.value)) node.value = node.source ?? '';
    },
  });
  return { typed, asText: first.toJS() ?? {} };
}

const withoutTimes = (tags: Tags): Tags =>
  tags.filter(
    tag => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || ('format' in tag && tag.format === 'TIME')),
  );

/** Integers beyond these are floating-point numbers to kubectl. */
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 64n - 1n];

/** JSON of a parsed value, with its integers as they were written. */
export const exactJson = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'bigint' ? (one < LEAST || one > MOST ? Number(one) : rawJson(String(one))) : one,
  );

/** Missing in the types of the language so far. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

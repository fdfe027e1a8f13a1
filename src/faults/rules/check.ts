import { labelKeyProblem, labelValueProblem, parseSelector } from '../../k8s/selector-text.ts';
import { quoted } from '../../text/issue.ts';

/** Why a value is not acceptable, undefined when it is. */
export type Check = (value: string) => string | undefined;

/** Names that the framework and mayday give to their own objects: never a target. */
const RESERVED = ['chaos-rollback-', 'chaos-result-', 'operator-chaos-', 'chaos-controller-', 'chaos-backup-'];
const K8S_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const RESOURCE_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/;
const FIELD = /^[a-zA-Z_][a-zA-Z0-9_-]*$/;
const LONGEST_VALUE = 65_536;

/** All checks in turn; returns the first problem. */
export const all =
  (...checks: Check[]): Check =>
  value => {
    for (const check of checks) {
      const problem = check(value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

export const nonEmpty: Check = value => (value === '' ? 'expected a value, found an empty text' : undefined);

const isKubernetesName = (value: string): boolean => value.length <= 253 && K8S_NAME.test(value);

export const kubernetesName: Check = value =>
  isKubernetesName(value)
    ? undefined
    : `expected a name of at most 253 lower-case letters, digits, "-" or ".", found ${quoted(value)}`;

export const resourceName: Check = value =>
  value.length <= 253 && RESOURCE_NAME.test(value)
    ? undefined
    : `expected a name of at most 253 letters, digits, "-" or ".", found ${quoted(value)}`;

export const notReserved: Check = value => {
  const prefix = RESERVED.find(candidate => value.startsWith(candidate));
  return prefix === undefined
    ? undefined
    : `names beginning with ${prefix} belong to the chaos tools and are no target`;
};

/** A name that may be a target. */
export const targetName = all(kubernetesName, notReserved);

export const field: Check = value =>
  value.length <= 253 && FIELD.test(value) ? undefined : `expected a field name, found ${quoted(value)}`;

/** A key of a ConfigMap's or Secret's data, as the API server takes them. */
export const dataKey: Check = value =>
  value.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(value) && value !== '.' && !value.startsWith('..')
    ? undefined
    : `expected a data key of at most 253 letters, digits, "-", "_" or ".", not "." and not beginning with "..", found ${quoted(value)}`;

export const shortValue: Check = value => {
  const size = Buffer.byteLength(value, 'utf8');
  return size <= LONGEST_VALUE ? undefined : `expected at most ${LONGEST_VALUE} bytes, found ${size}`;
};

export const oneOf =
  (...allowed: string[]): Check =>
  value =>
    allowed.includes(value) ? undefined : `expected ${allowed.join(' or ')}, found ${quoted(value)}`;

export const notOneOf =
  (denied: readonly string[], why: string): Check =>
  value =>
    denied.includes(value) ? `${value} is protected: ${why}` : undefined;

export const noPrefix =
  (prefixes: readonly string[], why: string): Check =>
  value => {
    const prefix = prefixes.find(candidate => value.startsWith(candidate));
    return prefix === undefined ? undefined : `names beginning with ${prefix} are protected: ${why}`;
  };

export const selector: Check = value => {
  if (value.trim() === '') return 'expected a label selector such as "app=web", found an empty text';
  const parsed = parseSelector(value);
  return typeof parsed === 'string' ? `expected a label selector such as "app=web": ${parsed}` : undefined;
};

export const labelKey: Check = value => {
  const problem = labelKeyProblem(value);
  return problem === undefined ? undefined : `expected a label key, found ${quoted(value)}: ${problem}`;
};

export const labelValue: Check = value => {
  const problem = labelValueProblem(value);
  return problem === undefined ? undefined : `expected a label value, found ${quoted(value)}: ${problem}`;
};

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

export const quantity: Check = value =>
  QUANTITY.test(value) ? undefined : `expected a quantity such as "10", "500m" or "2Gi", found ${quoted(value)}`;

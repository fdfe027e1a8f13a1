import { own } from '../text/own.ts';

/** One requirement of a label selector. */
export interface Requirement {
  key: string;
  operator: '=' | '!=' | 'in' | 'notin' | 'exists' | 'absent' | '>' | '<';
  values: string[];
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Why `key` is no label key, undefined when it is one. */
export function labelKeyProblem(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2) return 'a label key has at most one "/"';
  if (!NAME.test(name))
    return 'the name of a label key is 1 to 63 letters, digits, "-", "_" or ".", with a letter or digit at both ends';
  if (prefix !== undefined && (prefix.length > 253 || !PREFIX.test(prefix)))
    return 'the prefix of a label key is a DNS name';
  return undefined;
}

/** Why `value` is no label value, undefined when it is one. */
export function labelValueProblem(value: string): string | undefined {
  return value === '' || NAME.test(value)
    ? undefined
    : 'a label value is at most 63 letters, digits, "-", "_" or ".", with a letter or digit at both ends';
}

/** Parses a label selector in Kubernetes' grammar; a returned string says what is wrong with it. */
export function parseSelector(text: string): Requirement[] | string {
  const requirements: Requirement[] = [];
  for (const part of splitRequirements(text)) {
    const requirement = parseRequirement(part.trim());
    if (typeof requirement === 'string') return requirement;
    requirements.push(requirement);
  }
  return requirements;
}

/** Splits a selector at commas outside of parentheses. */
function splitRequirements(text: string): string[] {
  return text.split(/,(?![^()]*\))/);
}

const SET = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/;
const COMPARISON = /^(?<key>[^\s=!<>]+)\s*(?<operator>==|=|!=|>|<)\s*(?<value>[^\s=!<>()]*)$/;
const PRESENCE = /^(?<not>!?)\s*(?<key>[^\s=!<>()]+)$/;

function parseRequirement(part: string): Requirement | string {
  const requirement = shapeOf(part);
  if (requirement === undefined)
    return part === '' ? 'expected a requirement, found nothing' : `"${part}" is no requirement`;
  const problem =
    labelKeyProblem(requirement.key) ?? requirement.values.map(labelValueProblem).find(found => found !== undefined);
  if (problem !== undefined) return `"${part}": ${problem}`;
  const isNumeric = requirement.operator === '>' || requirement.operator === '<';
  if (isNumeric && !/^-?\d+$/.test(requirement.values[0] ?? ''))
    return `"${part}": ${requirement.operator} compares with a whole number`;
  return requirement;
}

function shapeOf(part: string): Requirement | undefined {
  const set = SET.exec(part)?.groups;
  if (set) {
    const values = (set.values ?? '').split(',').map(value => value.trim());
    return { key: set.key ?? '', operator: set.operator as 'in' | 'notin', values };
  }
  const comparison = COMPARISON.exec(part)?.groups;
  if (comparison) {
    const operator = comparison.operator === '==' ? '=' : comparison.operator;
    return {
      key: comparison.key ?? '',
      operator: operator as '=' | '!=' | '>' | '<',
      values: [comparison.value ?? ''],
    };
  }
  const presence = PRESENCE.exec(part)?.groups;
  return presence && { key: presence.key ?? '', operator: presence.not ? 'absent' : 'exists', values: [] };
}

/** Whether `labels` meet every requirement. */
export function matches(requirements: readonly Requirement[], labels: Readonly<Record<string, string>> = {}): boolean {
  return requirements.every(requirement => meets(requirement, own(labels, requirement.key)));
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case '>':
      return value !== undefined && Number.parseInt(value, 10) > Number(values[0]);
    case '<':
      return value !== undefined && Number.parseInt(value, 10) < Number(values[0]);
  }
}

import type { ParameterRule, Parameters } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';
import { FAULT_RULES } from '../faults/types.ts';
import { type Issue, suggestion } from '../text/issue.ts';

/** What is wrong with the parameters, and what is worth a warning; paths are parameter names. */
export interface ParameterValidation {
  errors: Issue[];
  warnings: Issue[];
}

/** Validates the parameters of one injection. */
export function validateParameters(type: FaultType, parameters: Parameters): ParameterValidation {
  const rules = FAULT_RULES[type];
  const known = Object.entries(rules.parameters);
  const single = known.flatMap(([name, rule]) => validateOne(name, parameters[name], rule));
  const unknown = Object.keys(parameters).filter(name => !Object.hasOwn(rules.parameters, name));
  const names = known.map(([name]) => name);
  const ignored = rules.ignored ?? {};
  return {
    errors: [
      ...single,
      // Rules over several parameters would only repeat what is wrong with a single one.
      ...(rules.whole?.(parameters) ?? []).filter(issue => !single.some(other => other.path === issue.path)),
      ...unknown
        .filter(name => !Object.hasOwn(ignored, name))
        .map(name => ({
          path: name,
          message: `unknown parameter of ${type}${suggestion(name, names)}: expected ${names.join(', ')}`,
        })),
    ],
    warnings: [
      ...unknown
        .filter(name => Object.hasOwn(ignored, name))
        .map(name => ({ path: name, message: `ignored: ${ignored[name]}` })),
      ...(rules.advise?.(parameters) ?? []),
    ],
  };
}

function validateOne(name: string, value: string | undefined, rule: ParameterRule): Issue[] {
  const isMissing = value === undefined || (value === '' && rule.mayBeEmpty !== true);
  if (isMissing) return rule.required === true ? [{ path: name, message: 'required, and missing' }] : [];
  const problem = rule.check?.(value);
  return problem === undefined ? [] : [{ path: name, message: problem }];
}

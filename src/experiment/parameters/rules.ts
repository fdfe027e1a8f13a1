import type { Issue } from '../issue.ts';
import type { Danger, Expectation } from '../types.ts';
import type { Check } from './check.ts';

export interface ParameterRule {
  required?: boolean;
  /** Whether an empty text counts as given; it does not unless told. */
  mayBeEmpty?: boolean;
  check?: Check;
}

export type Parameters = Readonly<Record<string, string>>;

/** What one injection type accepts. Rules and their reasons are the framework's, where it has them. */
export interface TypeRules {
  parameters: Readonly<Record<string, ParameterRule>>;
  /** Names that exist in the wild and do nothing, each with what to know. */
  ignored?: Readonly<Record<string, string>>;
  /** Rules over several parameters; paths are parameter names. */
  whole?: (parameters: Parameters) => Issue[];
  /** Things that are allowed and still worth a word. */
  advise?: (parameters: Parameters) => Issue[];
  /** Why these parameters demand `dangerLevel: high`, undefined when they do not. */
  needsHigh?: (parameters: Parameters) => string | undefined;
  /** The parameter that names a namespace of its own to write to. */
  namespaceParameter?: string;
  /** The type's usual danger and tier, as the framework's documents show them. */
  danger: Danger;
  tier: number;
  /** What a healthy system does: puts it right by itself, or lives with it until it is lifted. */
  expects: Expectation;
}

export const required = (check?: Check): ParameterRule =>
  check === undefined ? { required: true } : { required: true, check };
export const optional = (check?: Check): ParameterRule => (check === undefined ? {} : { check });
export const always = (why: string) => (): string => why;

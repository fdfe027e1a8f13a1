import type { Json, KubeObject } from '../../k8s/object.ts';
import type { Issue } from '../../text/issue.ts';
import type { Check } from './check.ts';

export interface ParameterRule {
  required?: boolean;
  /** Whether an empty text counts as given; by default it does not. */
  mayBeEmpty?: boolean;
  check?: Check;
}

export type Parameters = Readonly<Record<string, string>>;

export type Danger = 'low' | 'medium' | 'high';
export type Expectation = 'self-heal' | 'survive';

/** The object on which a trace of an injection was found. */
export type Carrier = Pick<KubeObject, 'kind' | 'metadata'>;

/** How traces of a type are recognised if its label is gone: the framework writes no type into its undo records. */
export interface Recognition {
  /** Whether the payload of an undo record is one of this type. */
  record?: (data: Json) => boolean;
  /** The same, for a payload that is ambiguous without the object it is on; asked when no `record` matched. */
  recordOn?: (data: Json, carrier: Carrier) => boolean;
  /** The object that keeps what was deleted or changed. */
  backup?: { kind: 'ConfigMap' | 'Secret'; prefix: string };
  /** Whether an annotation of this key is an undo record of this type, without an envelope. */
  annotation?: (key: string) => boolean;
  /** What it creates, by the beginning of the name or else by the kind. */
  creates?: { prefix: string } | { kind: string };
}

/**
 * What one fault type accepts and how it is recognised in a cluster. Rules and their reasons are the framework's, where
 * it has them.
 */
export interface FaultRules {
  parameters: Readonly<Record<string, ParameterRule>>;
  /** Parameter names that are used in practice and have no effect, each with an explanation. */
  ignored?: Readonly<Record<string, string>>;
  /** Rules about several parameters together; paths are parameter names. */
  whole?: (parameters: Parameters) => Issue[];
  /** Warnings about parameters that are allowed. */
  advise?: (parameters: Parameters) => Issue[];
  /** Why these parameters demand `dangerLevel: high`, undefined when they do not. */
  needsHigh?: (parameters: Parameters) => string | undefined;
  /** The parameter that names another namespace to write to. */
  namespaceParameter?: string;
  /** The type's usual danger and tier, as the framework's documents show them. */
  danger: Danger;
  tier: number;
  /** What a healthy system does: heals the fault by itself, or survives it until it is reverted. */
  expects: Expectation;
  /**
   * What the injection leaves: marks on what it changed, an object it created, the backup of what it deleted, or
   * nothing to restore.
   */
  leaves: 'marks' | 'object' | 'backup' | 'nothing';
  /**
   * The resources on which an injection leaves its mark, as a scan names them (`deployments.apps`); `target`: the kind
   * that its parameters name.
   */
  foundOn: readonly string[] | 'target';
  recognises?: Recognition;
  /** Whether the framework counts the injection as cluster-scoped with these parameters; by default it does not. */
  isClusterScoped?: (parameters: Parameters) => boolean;
}

export const required = (check?: Check): ParameterRule =>
  check === undefined ? { required: true } : { required: true, check };
export const optional = (check?: Check): ParameterRule => (check === undefined ? {} : { check });
export const always = (why: string) => (): string => why;

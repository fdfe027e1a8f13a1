import { evaluate, mentions, type Scope } from './evaluate.ts';
import { CelError } from './functions.ts';
import { CelSyntaxError, type Expr, readCel } from './read.ts';

/** An expression that has been read. */
export interface Cel {
  /** Its value. Throws CelError, or CelSyntaxError when it is no expression. */
  value(scope: Scope): unknown;
  /** Its value; undefined when it has none. */
  tryValue(scope: Scope): unknown;
  mentions(name: string): boolean;
}

/** Reads an expression when its value is asked for. */
export function celOf(source: string): Cel {
  let read: Expr | undefined;
  const expr = () => {
    read ??= readCel(source);
    return read;
  };
  const value = (scope: Scope) => evaluate(expr(), scope);
  return {
    value,
    tryValue(scope) {
      try {
        return value(scope);
      } catch (error) {
        if (error instanceof CelError || error instanceof CelSyntaxError) return undefined;
        throw error;
      }
    },
    mentions: name => mentions(expr(), name),
  };
}

/** Why a text is no expression; undefined when it is one. */
export function celProblem(source: string): string | undefined {
  try {
    readCel(source);
    return undefined;
  } catch (error) {
    if (error instanceof CelSyntaxError) return error.message;
    throw error;
  }
}

import { at, isObject, type Json } from './value.ts';

/**
 * The real server finds some things by walking a Go map or a cache that is one: the labels of an object, the roles that
 * bind a user. It tells them in another order each time, so they are compared in alphabetical order.
 */

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Values in alphabetical order of their JSON, their members too. */
export const sorted = (values: readonly unknown[]): unknown[] => values.map(inOrder).sort(byText);

/** The same value with its members in alphabetical order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, inOrder(value[key])]),
  );
}

/** Lists whose order says nothing, by the name of the member or the end of the path that was asked for. */
const UNORDERED = /(?:^|\.)(?:managedFields|resourceRules|nonResourceRules)$/;

/** Whether the entries of the list at a path come in no order. */
export const isUnordered = (path: string): boolean => UNORDERED.test(path);

const told = ({ field, message }: Json): string => (field ? `${field}: ${message}` : String(message));

/** The message of a refusal that tells all its causes, with them in alphabetical order; any other as it is. */
function messageInOrder(message: string, causes: readonly Json[]): string {
  // The list in the message tells each cause once.
  const lines = [...new Set(causes.map(told))];
  const list = `[${lines.join(', ')}]`;
  return message.endsWith(list) ? `${message.slice(0, -list.length)}[${lines.sort().join(', ')}]` : message;
}

/** A refusal with its causes, and the list of them in its message, in alphabetical order. */
export function causesInOrder(body: unknown): unknown {
  const causes = at(body, 'details.causes');
  if (!isObject(body) || body.kind !== 'Status' || !Array.isArray(causes) || causes.length < 2) return body;
  return {
    ...body,
    message: messageInOrder(String(body.message), causes as Json[]),
    details: { ...(body.details as Json), causes: sorted(causes) },
  };
}

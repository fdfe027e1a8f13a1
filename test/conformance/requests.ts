import type { Scenario, Step } from './step.ts';

type More = Partial<Omit<Step, 'name' | 'method' | 'path' | 'body'>>;

const withBody =
  (method: string, type?: string) =>
  (name: string, path: string, body?: unknown, more: More = {}): Step => ({
    name,
    method,
    path,
    ...(body === undefined ? {} : { body }),
    ...(type ? { type } : {}),
    ...more,
  });

export const get = (name: string, path: string, more: More = {}): Step => ({ name, method: 'GET', path, ...more });
export const post = withBody('POST');
export const put = withBody('PUT');
export const remove = withBody('DELETE');
export const merge = withBody('PATCH', 'application/merge-patch+json');
export const strategic = withBody('PATCH', 'application/strategic-merge-patch+json');
export const jsonPatch = withBody('PATCH', 'application/json-patch+json');
export const apply = withBody('PATCH', 'application/apply-patch+yaml');

/** A watch that is read until `events` events have come. */
export const watch = (name: string, path: string, events: number, more: More = {}): Step => ({
  name,
  method: 'GET',
  path: `${path}${path.includes('?') ? '&' : '?'}watch=1&timeoutSeconds=3`,
  events,
  ...more,
});

export const scenario = (name: string, steps: readonly Step[]): Scenario => ({ name, steps });

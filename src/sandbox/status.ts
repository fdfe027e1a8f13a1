/** A cause in a Status: which field, why, in words. */
export interface StatusCause {
  reason?: string;
  message: string;
  field?: string;
}

/** What a Status says about the object of the request. `retryAfterSeconds` asks the client to try again later. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A Status body that reports a failure. */
export interface StatusBody {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure';
  message: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** A refusal of the API server. Thrown by the store and the API; the HTTP layer turns it into a Status body. */
export class StatusError extends Error {
  readonly body: StatusBody;
  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }
  get code(): number {
    return this.body.code;
  }
  get reason(): string {
    return this.body.reason ?? '';
  }
}

/** The resource names that refusals use. */
export interface Named {
  group: string;
  resource: string;
}

/** `deployments.apps`, or `pods` in the core group. */
const qualified = (of: Named): string => (of.group ? `${of.resource}.${of.group}` : of.resource);

const detailsOf = (of: Named, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(of.group ? { group: of.group } : {}),
  kind: of.resource,
});

export const notFound = (of: Named, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualified(of)} "${name}" not found`, detailsOf(of, name));

export const alreadyExists = (of: Named, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, detailsOf(of, name));

/** An object of this name exists and is being deleted. */
export const stillTerminating = (of: Named, name: string): StatusError =>
  new StatusError(
    409,
    'AlreadyExists',
    `object is being deleted: ${qualified(of)} "${name}" already exists`,
    detailsOf(of, name),
  );

export const conflict = (of: Named, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
    detailsOf(of, name),
  );

/** The resource version sent is not the current one. */
export const modified = (of: Named, name: string): StatusError =>
  conflict(of, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const forbidden = (of: Named, name: string, why: string, causes?: StatusCause[]): StatusError =>
  new StatusError(403, 'Forbidden', `${qualified(of)}${name ? ` "${name}"` : ''} is forbidden: ${why}`, {
    ...detailsOf(of, name),
    ...(causes ? { causes } : {}),
  });

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const gone = (message: string): StatusError => new StatusError(410, 'Expired', message);

/** Several field errors about one object; `kind` in Go style, its group apart. */
export function invalid(group: string, kind: string, name: string, causes: readonly StatusCause[]): StatusError {
  const lines = [...new Set(causes.map(c => `${c.field}: ${c.message}`))];
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${text}`, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    causes: [...causes],
  });
}

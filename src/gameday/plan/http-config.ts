import { resolve } from 'node:path';
import { z } from 'zod';
import { oneOf, words } from './fields.ts';

const file = (what: string) => words.meta({ description: `a file with ${what}, from the folder of the plan` });
const variable = (what: string) =>
  z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'expected the name of an environment variable')
    .meta({ description: `the name of an environment variable with ${what}` });

const CREDENTIALS = oneOf(['credentials_file', 'credentials_env']);
const authorization = z
  .strictObject({
    type: words.default('Bearer'),
    credentials_file: file('the token').optional(),
    credentials_env: variable('the token').optional(),
  })
  .check(CREDENTIALS.check)
  .meta(CREDENTIALS.meta);

const PASSWORD = oneOf(['password_file', 'password_env']);
const basicAuth = z
  .strictObject({
    username: words,
    password_file: file('the password').optional(),
    password_env: variable('the password').optional(),
  })
  .check(PASSWORD.check)
  .meta(PASSWORD.meta);

const tlsConfig = z.strictObject({
  ca_file: file('the certificates of the authorities to trust, PEM').optional(),
  cert_file: file('the client certificate, PEM').optional(),
  key_file: file("the client certificate's key, PEM").optional(),
  server_name: words.optional(),
  insecure_skip_verify: z.boolean().default(false),
});

/**
 * Credentials and trust for a monitoring server, with the names of Prometheus' own http_config. A plan names the file or variable of a token or
 * password and never holds it, since plans are stored in repositories and journals.
 */
export const httpConfig = z
  .strictObject({
    authorization: authorization.optional(),
    basic_auth: basicAuth.optional(),
    tls_config: tlsConfig.optional(),
  })
  .check(context => {
    const { authorization: token, basic_auth: pair } = context.value;
    if (token !== undefined && pair !== undefined)
      context.issues.push({
        code: 'custom',
        message: 'expected at most one of authorization and basic_auth, found both',
        input: undefined,
      });
  })
  .meta({ description: "credentials and trust, as Prometheus' http_config names them; secrets by file or variable" });

export type HttpConfig = z.output<typeof httpConfig>;

/** The same plan, with the file paths of every http_config resolved from the folder. */
export function withFilesBeside<T>(value: T, folder: string): T {
  return changed(value, (name, member) =>
    name === 'http_config'
      ? changed(member, (inner, path) =>
          inner.endsWith('_file') && typeof path === 'string' ? resolve(folder, path) : undefined,
        )
      : undefined,
  );
}

/** A copy in which `change` gave some members another value, at any depth. */
function changed<T>(value: T, change: (name: string, member: unknown) => unknown): T {
  if (Array.isArray(value)) return value.map(one => changed(one, change)) as T;
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    change(name, member) ?? changed(member, change),
  ]);
  return Object.fromEntries(members) as T;
}

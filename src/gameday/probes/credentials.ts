import type { HttpConfig } from '../plan/http-config.ts';

/** The headers and TLS settings of a request. */
export interface Credentials {
  headers: Record<string, string>;
  tls: { ca?: string; cert?: string; key?: string; servername?: string; rejectUnauthorized?: boolean };
}

/** The sources of secrets; passed in. */
export interface SecretSources {
  /** The text of a file, or why it cannot be had. */
  read(path: string): { text: string } | { why: string };
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The credentials of an http_config. Files are read for each request, since tokens are renewed. A text says what is missing; it names the file
 * or the variable, never its content.
 */
export function credentialsOf(config: HttpConfig | undefined, sources: SecretSources): Credentials | string {
  const { authorization, basic_auth: pair, tls_config: tls } = config ?? {};
  try {
    const token =
      authorization &&
      `${authorization.type} ${secret('credentials', authorization.credentials_file, authorization.credentials_env, sources)}`;
    const password = pair && secret('password', pair.password_file, pair.password_env, sources);
    const basic = pair && `Basic ${Buffer.from(`${pair.username}:${password}`).toString('base64')}`;
    const header = token ?? basic;
    return {
      headers: header === undefined ? {} : { authorization: header },
      tls: {
        ...whole('ca', 'ca_file', tls?.ca_file, sources),
        ...whole('cert', 'cert_file', tls?.cert_file, sources),
        ...whole('key', 'key_file', tls?.key_file, sources),
        ...(tls?.server_name === undefined ? {} : { servername: tls.server_name }),
        ...(tls?.insecure_skip_verify ? { rejectUnauthorized: false } : {}),
      },
    };
  } catch (error) {
    if (error instanceof Missing) return error.message;
    throw error;
  }
}

class Missing extends Error {}

function secret(
  what: string,
  path: string | undefined,
  variable: string | undefined,
  { read, env }: SecretSources,
): string {
  const found = path === undefined ? env[variable ?? ''] : textOf(`${what}_file`, path, read);
  const place = path === undefined ? `the environment variable ${variable}` : path;
  const text = found?.trim();
  if (text === undefined || text === '') throw new Missing(`${what}: expected one in ${place}, found nothing`);
  if (/[^\x20-\x7e]/.test(text))
    throw new Missing(`${what}: expected one line of ASCII in ${place}, found something else`);
  return text;
}

const whole = (name: 'ca' | 'cert' | 'key', member: string, path: string | undefined, { read }: SecretSources) =>
  path === undefined ? {} : { [name]: textOf(member, path, read) };

function textOf(member: string, path: string, read: SecretSources['read']): string {
  const found = read(path);
  if ('why' in found) throw new Missing(`${member}: expected a file at ${path}, found ${found.why}`);
  return found.text;
}

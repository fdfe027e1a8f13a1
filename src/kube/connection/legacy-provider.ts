import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Outcome } from '../client/http/outcome.ts';
import { commandProblem } from './exec-credential.ts';
import type { KubeUser } from './kubeconfig.ts';
import type { RunCommand } from './run-command.ts';

/** The `config` of an `auth-provider` of a kubeconfig user. */
type ProviderConfig = Record<string, unknown>;

const DEADLINE_MS = 60_000;
const WITH_COMMAND = new Set(['gcp', 'azure']);

/**
 * A user of a legacy provider (gcp, azure) with a valid token; if the token has expired, the provider's command is
 * run. The client library would run it in a shell, without a deadline, and with its output on the terminal.
 */
export async function withFreshToken(
  user: KubeUser,
  parts: { env: Record<string, string | undefined>; run: RunCommand; now: () => number },
): Promise<Outcome<KubeUser>> {
  const provider = user.authProvider as { name: string; config?: ProviderConfig } | undefined;
  const config = provider?.config ?? {};
  if (!provider || !WITH_COMMAND.has(provider.name)) return { ok: true, status: 0, value: user };
  if (!isExpired(config, parts.now())) return { ok: true, status: 0, value: user };
  const name = cleanText`auth provider ${sanitise(provider.name, 32)} of user ${sanitise(user.name, 128)}`;
  const command = text(config, 'cmd-path');
  if (!command) return refused(cleanText`the token of ${name} has expired, and no command for a new one is given`);
  const args = (text(config, 'cmd-args') ?? '').split(/\s+/).filter(Boolean);
  const result = await parts.run(command, args, parts.env, DEADLINE_MS);
  const problem = commandProblem(result, DEADLINE_MS);
  if (problem) return refused(cleanText`${name}: its command ${sanitise(command, 128)} ${problem}`);
  const token = memberAt(result.stdout, text(config, 'token-key') ?? '{.access_token}');
  const expiry = memberAt(result.stdout, text(config, 'expiry-key') ?? '{.token_expiry}');
  if (!token) return refused(cleanText`${name}: its command ${sanitise(command, 128)} printed no token in JSON`);
  const { 'cmd-path': _, 'expires-on': __, expiry: ___, ...rest } = config;
  const fresh = { ...rest, 'access-token': token, ...(expiry && { expiry }) };
  return { ok: true, status: 0, value: { ...user, authProvider: { ...provider, config: fresh } } };
}

const refused = (message: Clean) => failure('unauthorized', message);

const text = (config: ProviderConfig, key: string): string | undefined =>
  typeof config[key] === 'string' && config[key] !== '' ? config[key] : undefined;

function isExpired(config: ProviderConfig, now: number): boolean {
  if (!text(config, 'access-token')) return true;
  const ends = text(config, 'expiry');
  const endsOn = text(config, 'expires-on');
  if (!ends && !endsOn) return false;
  return (ends ? Date.parse(ends) : Number(endsOn) * 1000) < now;
}

/** The text at a path such as `{.credential.access_token}` in printed JSON. */
function memberAt(printed: string, path: string): string | undefined {
  try {
    let value: unknown = JSON.parse(printed);
    for (const name of path.replace(/^\{?\.?|\}$/g, '').split('.')) value = (value as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

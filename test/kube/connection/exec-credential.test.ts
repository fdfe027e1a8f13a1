import { describe, expect, it } from 'vitest';
import { type ExecConfig, execCredential } from '../../../src/kube/connection/exec-credential.ts';
import { type CommandResult, runCommand } from '../../../src/kube/connection/run-command.ts';

const CREDENTIAL = { kind: 'ExecCredential', status: { token: 'fresh', expirationTimestamp: '2026-11-21T12:00:00Z' } };

async function ask(config: Partial<ExecConfig>, result: Partial<CommandResult> = {}) {
  const ran: { command: string; args: string[]; env: Record<string, string | undefined> }[] = [];
  const outcome = await execCredential(
    { command: 'login', ...config },
    {
      user: 'u',
      folder: '/etc/kube',
      env: { PATH: '/bin' },
      cluster: { server: 'https://c' },
      run: async (command, args, env) => {
        ran.push({ command, args, env });
        return { code: 0, stdout: JSON.stringify(CREDENTIAL), stderr: '', ...result };
      },
    },
  );
  return { outcome, ran: ran[0], message: outcome.ok ? '' : outcome.message };
}

describe('a credential plugin', () => {
  it('is told about the cluster when it wants to be, and gets its own environment', async () => {
    const { outcome, ran } = await ask({
      args: ['-x'],
      env: [{ name: 'PROFILE', value: 'p' }],
      provideClusterInfo: true,
      apiVersion: 'client.authentication.k8s.io/v1beta1',
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: { token: 'fresh', expiresAt: Date.parse('2026-11-21T12:00:00Z') },
    });
    expect(ran).toMatchObject({ command: 'login', args: ['-x'], env: { PATH: '/bin', PROFILE: 'p' } });
    expect(JSON.parse(ran?.env.KUBERNETES_EXEC_INFO ?? '')).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://c' } },
    });
  });

  it('with a relative path is looked for beside its kubeconfig', async () => {
    expect((await ask({ command: './bin/login' })).ran?.command).toBe('/etc/kube/bin/login');
    expect((await ask({ command: '/opt/login' })).ran?.command).toBe('/opt/login');
  });

  it('may give a client certificate', async () => {
    const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    expect((await ask({}, { stdout: JSON.stringify({ status }) })).outcome).toMatchObject({
      ok: true,
      value: { cert: 'CERT', key: 'KEY' },
    });
  });

  it.each<[Partial<ExecConfig>, Partial<CommandResult>, string]>([
    [
      { installHint: 'brew install\nlogin' },
      { error: 'ENOENT' },
      'was not found; install it or put it on the PATH; brew install⏎login',
    ],
    [{}, { error: 'EACCES' }, 'could not be started: EACCES'],
    [{}, { error: 'deadline' }, 'gave no answer within 60s and was ended'],
    [{}, { code: 3, stderr: 'token \x1b[31mexpired\n' }, 'failed with exit code 3: token expired'],
    [{}, { code: 1 }, 'failed with exit code 1: it said nothing'],
    [{}, { stdout: 'Opening browser' }, 'printed no ExecCredential in JSON'],
    [{}, { stdout: 'null' }, 'gave neither a token nor a client certificate'],
    [{}, { stdout: '{"status":{"clientCertificateData":"x"}}' }, 'gave neither a token nor a client certificate'],
  ])('that fails says so in one line (%#)', async (config, result, why) => {
    const { outcome, message } = await ask(config, result);
    expect(outcome).toMatchObject({ ok: false, reason: 'unauthorized' });
    expect(message).toBe(`credential plugin login of user u ${why}`);
  });

  it('that needs a terminal is not started', async () => {
    const { ran, message } = await ask({ interactiveMode: 'Always' });
    expect(ran).toBeUndefined();
    expect(message).toMatch(/^credential plugin login of user u wants a terminal/);
  });
});

describe('running a command', () => {
  const node = (script: string, deadlineMs = 20_000) =>
    runCommand(process.execPath, ['-e', script], { MARK: 'here' }, deadlineMs);

  it('gives what it printed and how it ended', async () =>
    expect(
      await node(
        'process.stdin.on("data", () => {}).on("end", () => { console.log(process.env.MARK); console.error("bad"); process.exitCode = 4; })',
      ),
    ).toEqual({
      code: 4,
      stdout: 'here\n',
      stderr: 'bad\n',
    }));
  it('tells that there is no such command', async () =>
    expect(await runCommand('/nowhere/login', [], {}, 1000)).toMatchObject({ error: 'ENOENT' }));
  it('ends one that hangs', async () =>
    expect(await node('setInterval(() => {}, 1000)', 50)).toMatchObject({ error: 'deadline' }));
});

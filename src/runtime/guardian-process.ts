import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { type FromGuardian, lineOf, messageOf } from '../guardian/message.ts';
import type { GuardianProcess } from '../guardian/owner.ts';
import type { Identity } from '../kube/client/api.ts';
import type { RuntimeOptions } from './runtime.ts';
import { thisProgram } from './sandbox-process.ts';

/**
 * Starts `mayday guardian` on the same cluster, as the same user. It has its own session, so that neither ctrl-c nor the end of the
 * terminal ends it; when this process ends, the pipe closes. Rejects with a one-line message when it cannot guard this cluster.
 */
export async function startGuardianProcess(options: RuntimeOptions, identity: Identity): Promise<GuardianProcess> {
  const [node, script] = thisProgram();
  const child = spawn(node, [script, 'guardian', ...flags(options, identity)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // The exit of the guardian is handled below; an error when writing to it must not end this process.
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const ready = await firstMessage(child, lines);
  if (ready.server !== identity.server) {
    child.stdin.end();
    throw new Error(`the guardian reached ${ready.server} and not ${identity.server}`);
  }
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as { ref(): void; unref(): void }[];
  const waitFor = (isWaiting: boolean) => {
    for (const one of [child, ...streams]) isWaiting ? one.ref() : one.unref();
  };
  child.stderr.resume();
  waitFor(false);
  return {
    ready,
    gone,
    send: message => void child.stdin.write(lineOf(message)),
    onMessage: listener =>
      void lines.on('line', line => {
        const message = messageOf<FromGuardian>(line);
        if (message) listener(message);
      }),
    close: () => void child.stdin.end(),
    waitFor,
  };
}

/** The flags of the guardian. The context is named, because the kubeconfig's current one may be switched meanwhile. */
function flags({ kubeconfig, context, as, asGroup, config }: RuntimeOptions, identity: Identity): string[] {
  const given = {
    '--kubeconfig': kubeconfig,
    '--context': context ?? identity.context,
    '--as': as,
    '--config': config,
  };
  return [
    ...Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(asGroup ?? []).flatMap(group => ['--as-group', group]),
  ];
}

async function firstMessage(child: ChildProcess, lines: Interface): Promise<Extract<FromGuardian, { is: 'ready' }>> {
  let stderrText = '';
  child.stderr?.on('data', (text: Buffer) => {
    stderrText += text.toString();
  });
  return new Promise((resolve, reject) => {
    lines.once('line', line => {
      const message = messageOf<FromGuardian>(line);
      if (message?.is === 'ready') resolve(message);
    });
    child.once('error', error => reject(new Error(`the guardian could not be started: ${error.message}`)));
    child.once('close', () => {
      const why = stderrText
        .trim()
        .split('\n')[0]
        ?.replace(/^mayday: /, '');
      reject(new Error(why || 'the guardian ended before it was ready'));
    });
  });
}

import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type Clock, systemClock } from '../host/clock.ts';
import type { Api } from '../kube/client/api.ts';
import type { Loaded } from '../kube/connection/kubeconfig.ts';
import type { SharedByConnections } from '../kube/connection/machine.ts';
import type { Notifier } from '../notify/notifier.ts';
import { scaleClock } from '../run/clocks.ts';
import type { Config } from './config-file.ts';
import { type Paths, paths } from './paths.ts';
import { readConfig } from './settings.ts';

/** The options of the command line that choose the cluster and how to work on it. */
export interface RuntimeOptions {
  context?: string | undefined;
  kubeconfig?: string | undefined;
  namespace?: string | undefined;
  as?: string | undefined;
  asGroup?: string[] | undefined;
  /** Scenario of the embedded cluster; without it a real one. */
  sandbox?: string | undefined;
  speed?: number | undefined;
  readOnly?: boolean | undefined;
  config?: string | undefined;
  /** Set where this process works on many clusters. */
  shared?: SharedByConnections | undefined;
}

/** The composition root: what every command and the console start from. Creating it connects to nothing and starts nothing. */
export interface Runtime {
  readonly options: RuntimeOptions;
  readonly config: Config;
  readonly paths: Paths;
  /** The clock of experiments and their deadlines; in a sandbox it may run faster than real time. */
  readonly clock: Clock;
  /** Wall time. */
  readonly realClock: Clock;
  readonly random: () => number;
  /** The user and the machine; written into undo records. */
  readonly by: string;
  readonly host: string;
  /** Starts the sandbox if it was asked for, and reads the kubeconfig. Sends no request to the cluster. Gives the same connection every time. */
  connect(): Promise<Loaded<Api>>;
  /** The notifier of a connection; one for each, so that the notices of one cluster stay in order. */
  readonly notifiers: Map<Api, Notifier>;
  /** Adds something to be done before the connections are closed; it gives lines for the user. */
  atClose(work: () => Promise<string[]>): void;
  /** Closes connections and ends a sandbox that was started. Gives lines for the user. */
  close(): Promise<string[]>;
}

/** Builds the composition root, or says in one line why the configuration cannot be used. */
export async function createRuntime(
  options: RuntimeOptions,
): Promise<{ ok: true; runtime: Runtime } | { ok: false; message: string }> {
  const used = paths(process.env);
  const configured = await readConfig(options.config ?? used.config, options.config !== undefined);
  if (!configured.ok) return configured;
  const closers: (() => Promise<void>)[] = [];
  const closingWork: (() => Promise<string[]>)[] = [];
  let connection: Promise<Loaded<Api>> | undefined;
  const isFaster = options.sandbox !== undefined && options.speed !== undefined;
  const clock = isFaster ? scaleClock(systemClock, options.speed ?? 1) : systemClock;
  return {
    ok: true,
    runtime: {
      options,
      config: configured.config,
      paths: used,
      clock,
      realClock: systemClock,
      random: Math.random,
      by: userName(),
      host: hostname(),
      notifiers: new Map(),
      connect: () => {
        connection ??= open(options, clock, closers);
        return connection;
      },
      atClose: work => void closingWork.push(work),
      close: async () => {
        const lines = await Promise.all(closingWork.splice(0).map(work => work()));
        for (const close of closers.splice(0).reverse()) await close();
        return lines.flat();
      },
    },
  };
}

async function open(options: RuntimeOptions, clock: Clock, closers: (() => Promise<void>)[]): Promise<Loaded<Api>> {
  const { connect } = await import('../kube/connection/connection.ts');
  const as = { as: options.as, asGroups: options.asGroup, namespace: options.namespace, clock };
  const answer =
    options.sandbox === undefined
      ? await connect({
          ...as,
          kubeconfig: options.kubeconfig && resolve(options.kubeconfig),
          context: options.context,
          shared: options.shared,
        })
      : await connect({ ...as, ...(await sandboxConnection(options, closers)) });
  if (answer.ok) closers.push(() => answer.value.close());
  return answer;
}

async function sandboxConnection({ sandbox = 'healthy', speed }: RuntimeOptions, closers: (() => Promise<void>)[]) {
  const { startSandboxProcess } = await import('./sandbox-process.ts');
  const started = await startSandboxProcess({ scenario: sandbox, ...(speed === undefined ? {} : { speed }) });
  closers.push(started.stop);
  const { url: server, token, ca, name } = started;
  return { server, token, ca, name };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run a user id that no passwd entry knows.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

// The front door, published as `mayday/sandbox`. It imports what it needs only when called, and its types name nothing that is inside.

/** What kind of cluster to start. */
export interface SandboxOptions {
  /** The world inside: `healthy` unless told; `scenarios()` names them all. */
  scenario?: string;
  /** The same seed gives the same names, addresses and order of events. Another one each time unless told. */
  seed?: number;
  /** How many times as fast as the wall clock the cluster lives; 1 unless told. Probes, backoffs, leases and grace periods follow it. */
  speed?: number;
  /** The port on 127.0.0.1; any free one unless told. */
  port?: number;
}

/** A running cluster. */
export interface Sandbox {
  /** A kubeconfig, as text, whose only context reaches the cluster as its administrator. */
  kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  url: string;
  /** The administrator's bearer token. */
  token: string;
  /** The certificate of the server, in PEM; it is its own authority. */
  certificate: string;
  /** Ends the cluster and every connection to it. May be called more than once. */
  close(): Promise<void>;
}

/** One world that a sandbox can start with. */
export interface ScenarioInfo {
  name: string;
  summary: string;
}

/**
 * Starts a cluster in this process: the Kubernetes API over TLS on loopback, with controllers, a scheduler and kubelets behind it.
 * Nothing else is needed: no container engine, no binaries, no network. Rejects with one line when the port is taken or there is no
 * such scenario.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { startSandbox: start } = await import('./server.ts');
  const sandbox = await start(options);
  let closing: Promise<void> | undefined;
  return {
    kubeconfig: sandbox.kubeconfig,
    url: sandbox.url,
    token: sandbox.token,
    certificate: sandbox.certificate,
    close: () => {
      closing ??= sandbox.stop();
      return closing;
    },
  };
}

/** Every scenario, the default first. */
export async function scenarios(): Promise<ScenarioInfo[]> {
  const { SCENARIOS } = await import('./scenarios/registry.ts');
  return SCENARIOS.map(({ name, summary }) => ({ name, summary }));
}

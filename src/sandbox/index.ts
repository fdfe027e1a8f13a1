// The public interface, published as `mayday/sandbox`. It imports the implementation only when called, and its types
// are self-contained.

/** What kind of cluster to start. */
export interface SandboxOptions {
  /** The scenario to start with; `healthy` by default. `scenarios()` lists all. */
  scenario?: string;
  /** The same seed gives the same names, addresses and order of events. Random by default. */
  seed?: number;
  /**
   * How many times faster than the wall clock the cluster's time runs; 1 by default. Probes, back-offs, leases and
   * grace periods follow it.
   */
  speed?: number;
  /** The port on 127.0.0.1; any free one by default. */
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
  /** The certificate of the server, in PEM; it is self-signed. */
  certificate: string;
  /** Ends the cluster and every connection to it. May be called more than once. */
  close(): Promise<void>;
}

/** One scenario that a sandbox can start with. */
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
  const { startSandboxServer: start } = await import('./server.ts');
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

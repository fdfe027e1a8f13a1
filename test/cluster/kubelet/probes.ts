import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { connect } from 'node:net';
import type { Probe } from './types.ts';

/** The loopback port behind a container port, given as a number or by name. */
export type PortOf = (port: number | string) => number | undefined;

/**
 * Runs a probe as a kubelet does: after the initial delay, each period, with the thresholds. `outcome` is called when
 * the result changes, and for each further failure beyond the threshold. Returns what stops it.
 */
export function startProbe(probe: Probe, portOf: PortOf, outcome: (ok: boolean, why: string) => void): () => void {
  const period = (probe.periodSeconds ?? 10) * 1000;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let successes = 0;
  let failures = 0;

  const once = async (): Promise<void> => {
    const failure = await probeOnce(probe, portOf);
    if (stopped) return;
    successes = failure === undefined ? successes + 1 : 0;
    failures = failure === undefined ? 0 : failures + 1;
    if (successes === (probe.successThreshold ?? 1)) outcome(true, '');
    if (failures >= (probe.failureThreshold ?? 3)) outcome(false, failure ?? '');
    timer = setTimeout(() => void once(), period);
  };
  timer = setTimeout(() => void once(), (probe.initialDelaySeconds ?? 0) * 1000);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Undefined when the probe passes, else why not. A probe of a kind not known here passes, as no probe would. */
async function probeOnce(probe: Probe, portOf: PortOf): Promise<string | undefined> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  const target = probe.httpGet ?? probe.tcpSocket;
  if (target === undefined) return undefined;
  const port = portOf(target.port);
  if (port === undefined) return `nothing listens for port ${target.port}`;
  return probe.httpGet === undefined ? dial(port, timeout) : get(probe.httpGet, port, timeout);
}

function get(target: NonNullable<Probe['httpGet']>, port: number, timeout: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const ask = target.scheme === 'HTTPS' ? https : http;
    const options = {
      host: '127.0.0.1',
      port,
      path: target.path ?? '/',
      timeout,
      rejectUnauthorized: false,
      agent: false,
    };
    const asked = ask({ ...options, headers: { 'user-agent': 'kube-probe/1.36', connection: 'close' } }, response => {
      response.resume();
      const code = response.statusCode ?? 0;
      resolve(code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`);
    });
    asked.once('timeout', () => asked.destroy(new Error('context deadline exceeded')));
    asked.once('error', error => resolve(error.message));
    asked.end();
  });
}

function dial(port: number, timeout: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', timeout });
    const done = (failure: string | undefined): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => done(undefined));
    socket.once('timeout', () => done('i/o timeout'));
    socket.once('error', error => done(error.message));
  });
}

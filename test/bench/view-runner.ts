import { loadView } from '../../src/health/view/load.ts';
import { systemClock } from '../../src/host/clock.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { residentMb } from './process-usage.ts';

/** What one reading of a cluster took. */
export interface Reading {
  firstMs: number;
  ms: number;
  requests: number;
  pods: number;
  nodes: number;
  blind: string[];
  memoryMb: number;
}

// Run in a process of its own, so that the memory is that of the view: prints one Reading.
const connected = await connect({ kubeconfig: process.argv[2] ?? '' });
if (!connected.ok) throw new Error(connected.message);
const api = connected.value;
const started = performance.now();
const loading = loadView(api, systemClock);
await loading.settled(['Node', 'APIService', 'ValidatingWebhookConfiguration']);
const firstMs = performance.now() - started;
await loading.settled();
const ms = performance.now() - started;
const { view } = loading;
const blind = ['Pod', 'Node', 'Event', 'EndpointSlice', 'CustomResourceDefinition'] as const;
const reading: Reading = {
  firstMs,
  ms,
  requests: api.requests,
  pods: view.count('Pod'),
  nodes: view.count('Node'),
  blind: blind.filter(kind => view.sync(kind).state !== 'live'),
  memoryMb: residentMb(process.pid),
};
process.stdout.write(`${JSON.stringify(reading)}\n`);
await api.close();

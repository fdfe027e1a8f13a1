import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/host/clock.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { apiContract } from './api-contract.ts';
import { fakeApi } from './fake-api.ts';

// Both stand in for a real API server in tests; what one allows and the other does not would hide mistakes.
describe('the API server in memory', () => {
  const api = fakeApi();
  apiContract(() => api);
});

describe('the sandbox, through the client', () => {
  let cluster: Sandbox;
  let api: Api;
  beforeAll(async () => {
    cluster = await startSandbox({ seed: 1 });
    const connected = await connect({
      server: cluster.url,
      token: cluster.token,
      ca: cluster.certificate,
      clock: systemClock,
    });
    if (!connected.ok) throw new Error(connected.message);
    api = connected.value;
  });
  afterAll(async () => {
    await api?.close();
    await cluster?.close();
  });
  apiContract(() => api);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedExchanges } from './replay/exchanges.ts';
import { type Session, startSession } from './replay/session.ts';

interface Known {
  /** Matches the lines of the differences that are expected. */
  differs: RegExp;
  because: string;
}

const POD_STATUS: Known = {
  differs: /^(\.items\.\d+)?\.status\./,
  because: 'the recorded kubelets are simulated and leave out conditions and container details that kubelets report',
};

/** Where the sandbox answers otherwise than the recorded server, and why. */
const KNOWN: Readonly<Record<string, Known>> = {
  'wrong type': {
    differs: /^\.(message|details\.causes\.0\.message):/,
    because: 'the refusal quotes the whole object, whose members the real server writes in the order of its Go structs',
  },
  events: {
    differs: /^\.items\./,
    because:
      'kubelets here tell of pulls and starts, and the scheduler writes through core/v1; the recorded kubelets are silent',
  },
  pods: POD_STATUS,
  'pods of a stuck rollout': POD_STATUS,
  'field selector': POD_STATUS,
  'delete pod grace 0': POD_STATUS,
  'label selector': {
    differs: /^\.items\.0\./,
    because: 'a page of one pod: which comes first follows from the pod-template-hash, which hashes Go memory dumps',
  },
  'endpointslices of an empty service': {
    differs: /^\.items\.0:/,
    because: 'the recording asked before the controller had made the slice without endpoints that a Service gets',
  },
  'namespace terminating': {
    differs: /^\.(status\.conditions|metadata\.managedFields)/,
    because: 'the namespace controller here has set its conditions before the next request comes',
  },
};

describe('recorded exchanges with a real API server', () => {
  let session: Session;
  beforeAll(async () => {
    session = await startSession();
  });
  afterAll(() => session.stop());

  for (const exchange of recordedExchanges())
    test(exchange.name, async () => {
      const { differences } = await session.replay(exchange, KNOWN[exchange.name]?.differs);
      expect(differences).toEqual([]);
    });
});

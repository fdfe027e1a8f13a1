import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { selfSigned } from '../../src/k8s/certificate.ts';

const DAY = 86_400_000;

/** One value that the server changes: at this JSON pointer, whenever it would become `from`. */
export interface Mutation {
  readonly pointer: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A mutating webhook server on 127.0.0.1 as a real API server calls it, over TLS. */
export async function startMutatingServer(mutation: Mutation) {
  const { certificate, key } = selfSigned(generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
    commonName: 'mutating webhook',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
    from: Date.now() - DAY,
    until: Date.now() + DAY,
  });
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const { apiVersion, kind, request: asked } = JSON.parse(await text(request));
    const steps = mutation.pointer.slice(1).split('/');
    const value = steps.reduce((at, step) => at?.[step], asked.object);
    const operations = [{ op: 'replace', path: mutation.pointer, value: mutation.to }];
    const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
    const answer = { uid: asked.uid, allowed: true, ...(value === mutation.from && { patchType: 'JSONPatch', patch }) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion, kind, response: answer }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/mutate`,
    caBundle: Buffer.from(certificate).toString('base64'),
    close: async () => {
      server.closeAllConnections();
      await new Promise(closed => server.close(closed));
    },
  };
}

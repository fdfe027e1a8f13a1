import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import type { Thing } from './objects.ts';
import { onStage } from './stage.ts';

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker' } };
const token = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/service-account-token',
  metadata: { name: 'worker-token', annotations: { 'kubernetes.io/service-account.name': 'worker' } },
  stringData: { extra: 'hello' },
} as unknown as Thing;
const tokenIn = (secret: Thing): string | undefined => secret.data?.token;

/** Objects that the cluster ties to the uid of another one. */
export function accountTokenJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a ServiceAccount and the Secret with its token, both deleted', () => {
    test('come back by one revert, the Secret with a token of the new account', async ({ stage }) => {
      await stage.set();
      await stage.apply(account, token);
      const former = await stage.until('secret', 'worker-token', secret => tokenIn(secret) !== undefined);
      await killedRun(stage, { type: 'SecretDeletion', danger: 'high', parameters: { name: 'worker-token' } });
      const parameters = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'worker' };
      await killedRun(stage, { type: 'ResourceDeletion', danger: 'high', parameters });
      const { receipts, remaining, code } = await stage.revertAll();
      await stage.mayday(['latch', 'off']);
      expect({ receipts, remaining, code }).toMatchObject({ code: 0, remaining: 0 });
      const messages = receipts.map(({ message }) => message).join('\n');
      expect(messages).toContain('with a new token, since ServiceAccount');
      expect(messages).toContain('tokens of the former ServiceAccount are not valid any more');
      const now = await stage.read('secret', 'worker-token');
      expect(now.data).toMatchObject({ extra: former.data?.extra, token: expect.any(String) });
      expect(tokenIn(now)).not.toBe(tokenIn(former));
      expect(messages).not.toContain(tokenIn(now));
    });
  });
}

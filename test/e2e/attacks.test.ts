import { afterAll, beforeAll, expect, test } from 'vitest';
import { allAttacks } from '../attacks/all.ts';
import { play } from '../attacks/play.ts';
import { chooseProviders } from './providers/choose.ts';
import type { Provider } from './providers/provider.ts';

/** Some of the attacks, one of each kind; `npm run attacks` plays all of them, on both clusters. */
const SOME: readonly string[] = [
  'create a mutating webhook configuration out of a backup Secret',
  'create a privileged pod out of a backup Secret',
  'create a binding to admin out of a backup Secret',
  'create a deployment out of a backup Secret with a made-up signature',
  'create a deployment out of a backup Secret that a journal that others may write vouches for',
  'get at journals, or stop a revert, by a state folder that is open to all',
  'hang a command, or unprotect a context, by a pipe as the certificate authority',
  'learn the values of a Secret from a mutation of it that somebody changed',
];

const { kinds, skipped } = chooseProviders('sandbox');
const [kind] = kinds;
let provider: Provider;
beforeAll(async () => {
  if (kind) provider = await kind.open();
});
afterAll(() => provider?.close());

for (const name of SOME) {
  test.runIf(kind !== undefined)(`nothing is gained by ${name}${skipped.join('')}`, async () => {
    const attack = (await allAttacks()).find(one => one.name === name);
    if (attack === undefined) throw new Error(`expected an attack of that name, found none: ${name}`);
    const { gained, broken } = await play(provider, attack);
    expect({ gained, broken }).toEqual({ gained: undefined, broken: undefined });
  });
}

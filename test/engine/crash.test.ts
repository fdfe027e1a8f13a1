import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Files } from '../../src/host/files.ts';
import { exitCode } from '../../src/run/verdict/result.ts';
import { config, configRef, corrupt, deployment, deploymentRef, drift, pod } from '../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';

/** Files in memory that die after a number of bytes, as a machine does: what was appended before stays. */
function mortalFiles(): Files & { limit: number; died: () => void; store: Map<string, string> } {
  const store = new Map<string, string>();
  const files = {
    store,
    limit: Number.POSITIVE_INFINITY,
    died: () => {},
    openAppend: async (path: string) => {
      let isDead = false;
      const append = async (text: string) => {
        // A dead process neither returns nor throws: nothing after this line ever happens.
        if (isDead) await new Promise(() => undefined);
        const taken = text.slice(0, Math.max(0, files.limit));
        files.limit -= text.length;
        store.set(path, (store.get(path) ?? '') + taken);
        if (taken.length < text.length) {
          isDead = true;
          files.died();
          await new Promise(() => undefined);
        }
      };
      return { append, close: async () => undefined };
    },
    read: async (path: string) => store.get(path),
    list: async (path: string) => [
      ...new Set(
        [...store.keys()]
          .filter(key => key.startsWith(`${path}/`))
          .map(key => key.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ],
    write: async (path: string, text: string) => void store.set(path, text),
  };
  return files;
}

function engineOn(api: FakeApi, clock: FakeClock, files: Files) {
  return createEngine(engineDeps({ api, clock, files }));
}

const restored = (api: FakeApi) => {
  const settings = api.peek(configRef);
  const web = api.peek(deploymentRef);
  return {
    data: settings?.data,
    spec: web?.spec,
    marks: [settings, web].map(one => [one?.metadata.labels ?? {}, one?.metadata.annotations ?? {}]),
  };
};
const CLEAN = {
  data: config().data,
  spec: deployment().spec,
  marks: [
    [{}, {}],
    [{}, {}],
  ],
};

const EXPERIMENTS = {
  drift: () => drift({ recoveryTimeoutMs: 5_000 }),
  corrupt: () => corrupt({ recoveryTimeoutMs: 5_000 }),
};

/** A shop with an engine whose machine dies after so many bytes of journal. */
async function runUntil(bytes: number, kind: keyof typeof EXPERIMENTS) {
  const clock = fakeClock();
  const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
  const files = mortalFiles();
  files.limit = bytes;
  const dead = new Promise<'dead'>(resolve => {
    files.died = () => resolve('dead');
  });
  const alive = engineOn(api, clock, files)
    .run(EXPERIMENTS[kind](), { emit: () => undefined })
    .then(() => 'done' as const);
  const end = await Promise.race([alive, dead]);
  files.limit = Number.POSITIVE_INFINITY;
  if (end === 'dead') clock.stop();
  return { api, files };
}

/** Every record's end, a byte before and after it, and its middle. */
function tears(journal: string): number[] {
  const ends = [...journal.matchAll(/\n/g)].map(match => match.index + 1);
  return ends.flatMap((end, index) => [Math.floor(((ends[index - 1] ?? 0) + end) / 2), end - 1, end, end + 1]);
}

test.each(['drift', 'corrupt'] as const)(
  'a crash at any point of the journal of a %s loses nothing: the next start finds it, a revert puts everything back',
  async kind => {
    const whole = await runUntil(Number.POSITIVE_INFINITY, kind);
    const [journal = ''] = [...whole.files.store]
      .filter(([path]) => path.endsWith('journal.jsonl'))
      .map(([, text]) => text);
    const points = tears(journal);
    let withFault = 0;
    for (const bytes of points) {
      const { api, files } = await runUntil(bytes, kind);
      const isTouched = JSON.stringify(restored(api)) !== JSON.stringify(CLEAN);
      if (isTouched) withFault += 1;

      const after = engineOn(api, fakeClock(), files);
      const left = await after.unfinished();
      // Whatever is in the cluster was announced in the journal first; what is not, is no news.
      expect(
        left.flatMap(one => one.written),
        `torn at byte ${bytes}`,
      ).toHaveLength(isTouched ? 1 : 0);
      const found = await after.scan({ deep: true });
      expect(found.injections).toHaveLength(isTouched ? 1 : 0);
      expect(await after.revert(found.injections)).toMatchObject({ remaining: 0, blind: [] });
      expect(restored(api)).toEqual(CLEAN);
      expect(await after.unfinished()).toEqual([]);
    }
    // The law is only worth something where crashes did hit a fault that was on.
    expect(withFault).toBeGreaterThan(10);
  },
);

test('a lost answer to the write is not a lost fault', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('before', 'after'), fc.integer({ min: 1, max: 8 }), async (when, times) => {
      const clock = fakeClock();
      const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
      api.script({
        on: ({ verb }) => verb === 'patch',
        times,
        when: when as 'before',
        answer: failing('unreachable', 'connection reset'),
      });
      const { result } = await engineOn(api, clock, mortalFiles()).run(drift({ recoveryTimeoutMs: 5_000 }), {
        emit: () => undefined,
      });
      expect(result.residue).toBe(0);
      expect(restored(api)).toEqual(CLEAN);
    }),
    { numRuns: 16 },
  );
});

test('a disk that is full stops the injection, not the revert', async () => {
  const clock = fakeClock();
  const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
  const files = mortalFiles();
  let full = false;
  const refusing: Files = {
    ...files,
    openAppend: async () => ({
      append: async () => {
        if (full) throw new Error('ENOSPC: no space left on device');
      },
      close: async () => undefined,
    }),
  };
  const { result } = await engineOn(api, clock, refusing).run(drift({ recoveryTimeoutMs: 5_000 }), {
    emit: event => {
      if (event.event === 'injected') full = true;
    },
  });
  expect(result).toMatchObject({ verdict: 'Degraded', residue: 0 });
  expect(result.reasons.join()).toContain('the journal cannot be written');
  expect(restored(api)).toEqual(CLEAN);

  full = true;
  const second = await engineOn(api, clock, {
    ...refusing,
    openAppend: async () => ({
      append: async text => {
        if (text.includes('"intent"')) throw new Error('ENOSPC');
      },
      close: async () => undefined,
    }),
  }).run(drift(), { emit: () => undefined });
  expect(second.result).toMatchObject({ verdict: 'Inconclusive', residue: 0, refusal: { code: 'no-journal' } });
  expect(second.result.refusal?.message).toMatch(
    /the journal cannot be written: ENOSPC; nothing is injected without it/,
  );
  expect(second.result.broken).toBeUndefined();
  expect(exitCode(second.result)).toBe(5);
  expect(restored(api)).toEqual(CLEAN);
});

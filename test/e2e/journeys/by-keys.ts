import { describe, expect, onTestFinished } from 'vitest';
import { type Pty, type Size, start as startTerminal } from '../../support/pty.ts';
import { recorded } from '../../support/recorded.ts';
import { asNew } from '../../support/recorded-live.ts';
import { program } from '../providers/program.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { lasting, type Thing, web } from './objects.ts';
import { onStage, type Stage } from './stage.ts';
import { guard, guardName } from './webhook.ts';

const SMALL: Size = { columns: 80, rows: 24 };
const LARGE: Size = { columns: 200, rows: 50 };
/** A loaded machine takes several times as long as a person waits. */
const LONG_MS = 60_000;

/** What a person does in the console, by keys alone, from its start to its end. */
export function byKeysJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('MAYDAY, by keys alone', () => {
    test.for([SMALL, LARGE])(
      'reverts what is stuck, what only a record asks for, and what was changed since, at $columns columns',
      async (size, { stage }) => {
        await stage.set();
        const settings = lasting(await stage.read('configmap', 'settings'));
        await killedRun(stage);
        await stage.kubectl('patch', 'configmap', 'settings', '-p', '{"data":{"mode":"by hand"}}');
        const [binding] = recorded('rbac-revoke-role', 'injected').map(one => asNew(one) as Thing);
        if (binding === undefined) throw new Error('the recorded RoleBinding is missing');
        await stage.apply({ ...binding, metadata: { ...binding.metadata, namespace: stage.namespace } });

        const console = openConsole(stage, size);
        await console.waitFor('2 faults live', LONG_MS);
        await console.press('!', 'scan complete', LONG_MS);
        expect(console.screen()).toContain('2 injections found');
        await console.press('!', 'restore 1: restores it', LONG_MS);
        expect((await stage.read('rolebinding', 'checkout')).subjects).toBeUndefined();
        await console.press('yes', 'yes_');
        await typeOver(console, 'yes', 'restore 1');
        await console.press('\r', '1 TO CHOOSE', LONG_MS);
        expect(console.screen()).toMatch(/original +live[\s\S]*now +by hand/);
        expect((await stage.read('configmap', 'settings')).data.mode).toBe('by hand');
        await console.press('original', 'original_');
        await console.press('\r', '✓ REMAIN 0', LONG_MS);
        expect(lasting(await stage.read('configmap', 'settings'))).toEqual(settings);
        expect((await stage.read('rolebinding', 'checkout')).subjects).toMatchObject([{ name: 'checkout' }]);
        await console.press('L', 'latch off, read again', LONG_MS);
        await console.press('\u001b', 'VERDICTS', LONG_MS);
        expect(console.screen()).toContain('no faults live');
        console.send('q');
        expect(await console.exit).toMatchObject({ code: 0 });
      },
    );

    test('keeps what stands there where a person says so, and takes the marks off', async ({ stage }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '-p', '{"data":{"mode":"by hand"}}');
      const console = openConsole(stage, SMALL);
      await console.waitFor('1 fault live', LONG_MS);
      await console.press('!', 'scan complete', LONG_MS);
      await console.press('!', '1 TO CHOOSE', LONG_MS);
      await console.press('keep', 'keep_');
      await console.press('\r', '✓ REMAIN 0', LONG_MS);
      expect(console.screen()).toContain('1 kept as it is');
      const { data, metadata } = await stage.read('configmap', 'settings');
      expect({ mode: data.mode, marks: Object.keys(metadata.labels ?? {}).filter(key => /chaos/.test(key)) }).toEqual({
        mode: 'by hand',
        marks: [],
      });
      await console.press('L', 'latch off, read again', LONG_MS);
    });
  });

  describe('triage, by keys alone', () => {
    test('deletes a stale webhook, puts it back, and keeps it from blocking instead', async ({ stage }) => {
      await stage.apply(guard(stage, 'Fail'));
      const before = lasting(await stage.read('validatingwebhookconfiguration', guardName(stage)));
      const console = openConsole(stage, LARGE);
      await toFinding(console, guardName(stage));
      await console.press('x', /delete the stale ValidatingWebhookConfiguration[\s\S]*does it/, LONG_MS);
      await console.press('y', 'done, read back', LONG_MS);
      const there = ['get', 'validatingwebhookconfiguration', guardName(stage), '--ignore-not-found', '-o', 'name'];
      expect(await stage.kubectl(...there)).toBe('');
      await console.press('u', /create Validating\S+ guard\S+ again/, LONG_MS);
      expect(lasting(await stage.read('validatingwebhookconfiguration', guardName(stage))).webhooks).toEqual(
        before.webhooks,
      );
      await console.press('\u001b', 'ROOT CAUSES', LONG_MS);
      await toFinding(console, guardName(stage));
      await console.press('I', /let requests through[\s\S]*does it/, LONG_MS);
      await console.press('y', 'done, read back', LONG_MS);
      const ignoring = await stage.read('validatingwebhookconfiguration', guardName(stage));
      expect(ignoring.webhooks[0].failurePolicy).toBe('Ignore');
      await console.press('\u001b', 'ROOT CAUSES', LONG_MS);
      await console.waitFor('1 fault live', LONG_MS);
      const reverted = await stage.revertAll();
      expect(reverted).toMatchObject({ remaining: 0, code: 0 });
      await stage.mayday(['latch', 'off']);
    });

    test('goes back to the pod template before, and the finding is gone', async ({ stage }) => {
      await stage.set();
      const broken = web();
      broken.spec.template.spec.serviceAccountName = 'nobody';
      await stage.apply(broken);
      const console = openConsole(stage, SMALL);
      await toFinding(console, `${stage.namespace}/web`);
      await console.press('x', /roll back to the previous revision[\s\S]*does it/, LONG_MS);
      await console.press('y', 'done, read back', LONG_MS);
      await stage.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await console.press('\u001b', 'ROOT CAUSES', LONG_MS);
      await console.waitFor(screen => !screen.includes(`${stage.namespace}/web`), LONG_MS);
    });
  });
}

/** The console as this person starts it; it is killed after the test. */
function openConsole(stage: Stage, size: Size): Pty {
  const words = [...program(), '--kubeconfig', stage.provider.kubeconfig] as [string, ...string[]];
  const env = { XDG_STATE_HOME: `${stage.folder}/state`, XDG_CONFIG_HOME: `${stage.folder}/config` };
  const console = startTerminal(words, size, { env });
  onTestFinished(() => console.kill());
  return console;
}

/** Opens triage and puts the cursor on the finding about this object: its detail stands under WHY. */
async function toFinding(console: Pty, name: string): Promise<void> {
  const why = (): string => /WHY (.*)/.exec(console.screen())?.[1] ?? '';
  await console.waitFor('data LIVE', LONG_MS);
  if (!console.screen().includes('ROOT CAUSES')) await console.press('5', 'ROOT CAUSES', LONG_MS);
  for (const until = performance.now() + 2 * LONG_MS; !why().includes(name); ) {
    if (performance.now() > until) throw new Error(`triage has no finding about ${name}:\n${console.screen()}`);
    const before = why();
    console.send('j');
    await console.waitFor(() => why() !== before, 2_000).catch(() => console.send('g'));
  }
}

/** Takes back what was typed, and types something else. */
async function typeOver(console: Pty, typed: string, next: string): Promise<void> {
  for (let left = typed.length - 1; left >= 0; left -= 1) await console.press('\u007f', `> ${typed.slice(0, left)}_`);
  await console.press(next, `> ${next}_`);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fire } from '../../console/support/fire.ts';
import { isAscii, isColoured } from '../../support/ansi.ts';
import { type Pty, type Size, start } from '../../support/pty.ts';
import { bundledDev } from './bundled-dev.ts';
import { killedAfterwards, PROGRAM } from './home.ts';

const dev = bundledDev();
const DEV = dev.path;
const SMALL: Size = { columns: 80, rows: 24 };

/** The console as a process of its own on a scripted cluster. */
function mayday(words: string[] = [], size = SMALL, env: Record<string, string> = {}): Pty {
  return killedAfterwards(start([process.execPath, DEV, ...words], size, { env }));
}

beforeAll(dev.build);
afterAll(dev.remove);

const GIVEN_BACK = { alternate: false, cursorHidden: false, bracketedPaste: false };

describe('the console in a real terminal', () => {
  it('paints its first frame while no network has answered', async () => {
    const pty = mayday(['connect=never']);
    await pty.waitFor('! MAYDAY');
    expect(pty.screen()).toContain('reading the kubeconfig');
    expect(pty.modes()).toMatchObject({ alternate: true, cursorHidden: true });
  });

  it('goes from pick to verdict by hand', async () => {
    const pty = mayday(['lasts=500']);
    await fire(pty);
    expect(pty.rows()[1]).toMatch(/1 fault live {3}next TTL [45]:\d\d ImageCorrupt/);
    await pty.waitFor('✓ RESILIENT  nothing left behind');
    pty.send('q');
    expect(await pty.exit).toMatchObject({ code: 0 });
    expect(pty.modes()).toEqual(GIVEN_BACK);
  });

  it('does not fire from a paste, with or without brackets', async () => {
    const pty = mayday();
    await pty.waitFor('data LIVE');
    await pty.press('e', 'a arms it');
    await pty.press('a', 'ARMED');
    await pty.press('\u001b[200~f\u001b[201~', 'pasted text is ignored');
    await pty.press('kubectl apply -f faults.yaml\r', 'characters at once are ignored');
    expect(pty.screen()).toContain('no faults live');
  });

  it('finds and reverts from the smallest window', async () => {
    const pty = mayday(['findings=2'], { columns: 40, rows: 12 });
    await pty.waitFor('need 60x16, have 40x12');
    await pty.press('!', '2 found');
    await pty.waitFor('! reverts all');
    await pty.press('!', 'remain 0');
  });

  it('follows the window', async () => {
    const pty = mayday();
    await pty.waitFor('data LIVE');
    for (const [columns, rows] of [
      [200, 50],
      [60, 16],
      [30, 5],
      [120, 40],
      [80, 24],
    ] as const) {
      pty.resize({ columns, rows });
      const last = (screen: string): string => screen.split('\n')[rows - 1] ?? '';
      await pty.waitFor(
        columns < 60
          ? `have ${columns}x${rows}`
          : screen => last(screen).startsWith('e experiments') && screen.startsWith('mayday  prod-eu-1'),
      );
    }
  });

  it('draws in ASCII and without colour when asked', async () => {
    const pty = mayday(['ascii', 'plain']);
    await pty.waitFor('data LIVE');
    expect(isAscii(pty.screen())).toBe(true);
    expect(isColoured(pty.raw())).toBe(false);
  });
});

describe('whatever ends it, the terminal is given back', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGUSR2', 'SIGXCPU'] as const)(
    '%s with a live fault reverts it first',
    async signal => {
      const pty = mayday();
      await fire(pty);
      pty.signal(signal);
      expect(await pty.exit).toMatchObject({ code: 6 });
      expect(pty.modes()).toEqual(GIVEN_BACK);
      expect(pty.screen()).toContain('everything that this console changed is restored');
    },
  );

  it('an unhandled rejection with a live fault', async () => {
    const pty = mayday(['throw=3000']);
    await fire(pty);
    expect(await pty.exit).toMatchObject({ code: 1 });
    expect(pty.modes()).toEqual(GIVEN_BACK);
    expect(pty.screen()).toContain('internal error: a rejection nobody handles');
    expect(pty.screen()).toContain('everything that this console changed is restored');
  });

  it('an uncaught exception with a live fault, whose restore is said, too', async () => {
    const pty = mayday(['crash=3000']);
    await fire(pty);
    expect(await pty.exit).toMatchObject({ code: 1 });
    expect(pty.modes()).toEqual(GIVEN_BACK);
    expect(pty.screen()).toContain('internal error: an exception nobody catches');
    expect(pty.screen()).toContain('everything that this console changed is restored');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGABRT'] as const)(
    '%s turns the mouse and bracketed paste off',
    async signal => {
      const pty = mayday();
      await pty.waitFor('data LIVE');
      await pty.press('m', 'mouse on');
      pty.signal(signal);
      await pty.exit;
      for (const mode of ['1000', '1006', '2004'])
        expect(pty.raw().lastIndexOf(`\u001b[?${mode}l`), mode).toBeGreaterThan(
          pty.raw().lastIndexOf(`\u001b[?${mode}h`),
        );
      expect(pty.modes()).toEqual(GIVEN_BACK);
    },
  );

  it('ctrl-c asks, twice reverts', async () => {
    const pty = mayday();
    await fire(pty);
    await pty.press('\u0003', 'nothing will revert it');
    pty.send('\u0003');
    expect(await pty.exit).toMatchObject({ code: 6 });
    expect(pty.modes()).toEqual(GIVEN_BACK);
  });
});

describe('a storm of resizes', () => {
  it('ends with the whole screen at the last size, and the emergency key works', async () => {
    const pty = mayday();
    await pty.waitFor('data LIVE');
    for (let i = 0; i < 200; i++) pty.resize({ columns: 40 + ((i * 37) % 161), rows: 10 + ((i * 13) % 41) });
    pty.resize({ columns: 100, rows: 30 });
    await pty.waitFor(
      screen => screen.split('\n')[0]?.includes('data LIVE') === true && /q quit *$/.test(screen.split('\n')[29] ?? ''),
    );
    await pty.press('!', 'scan complete');
  });
});

describe('ctrl-z', () => {
  it('gives the shell its terminal, and takes it again with fg', async () => {
    const shell = killedAfterwards(
      start(['/bin/bash', '--norc', '--noprofile', '-i'], SMALL, { env: { PS1: 'shell> ' } }),
    );
    await shell.waitFor('shell>');
    shell.send(`${process.execPath} ${DEV}\r`);
    await shell.waitFor('data LIVE');
    shell.send('\u001a');
    await shell.waitFor(/Stopped[\s\S]*shell>/);
    expect(shell.modes()).toMatchObject({ alternate: false, cursorHidden: false });
    shell.send('fg\r');
    await shell.waitFor('data LIVE');
    expect(shell.modes()).toMatchObject({ alternate: true });
    shell.send('?');
    await shell.waitFor('EVERYWHERE');
    shell.send('q');
    await shell.waitFor(screen => !screen.includes('EVERYWHERE') && screen.includes('shell>'));
  });

  it('suspends line mode as well, which tells where it was after fg', async () => {
    const shell = killedAfterwards(
      start(['/bin/bash', '--norc', '--noprofile', '-i'], { columns: 120, rows: 80 }, { env: { PS1: 'shell> ' } }),
    );
    await shell.waitFor('shell>');
    shell.send(`${process.execPath} ${PROGRAM} --sandbox --screen-reader\r`);
    await shell.waitFor('Number:', 60_000);
    await shell.press('\u001a', /mayday is suspended[\s\S]*Stopped[\s\S]*shell>/, 60_000);
    await shell.press('fg\r', /mayday continues\.[\s\S]*Number:/, 60_000);
  });

  it('warns first while a fault of ours is live', async () => {
    const pty = mayday();
    await fire(pty);
    await pty.press('\u001a', 'ctrl-z again suspends');
  });
});

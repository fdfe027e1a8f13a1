import { resolve } from 'node:path';
import type { ConsoleDeps } from '../../console/deps.ts';
import { keepCode } from '../../host/keep-code.ts';
import { openLog } from '../../host/log.ts';
import { keepNewSpaceSmall } from '../../host/memory.ts';
import { VERSION } from '../../host/version.ts';
import type { KnownContexts } from '../../kube/connection/contexts.ts';
import type { SharedByConnections } from '../../kube/connection/machine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ASCII, glyphsFor } from '../../text/glyphs.ts';
import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { printNotice } from '../output/notice.ts';
import { runtimeFor } from '../session.ts';
import { keepUnder } from './keep.ts';
import type { ConsoleLook } from './look.ts';
import { pastUnder } from './past.ts';

/** `mayday`: the console; without a terminal, one status snapshot as text. */
export async function consoleCommand(
  globals: GlobalOptions & { gameday?: string; person?: string },
): Promise<ExitCode> {
  keepNewSpaceSmall();
  if (globals.screenReader === true) {
    const runtime = await runtimeFor(globals);
    const { startLineMode } = await import('../../console/line-mode/start.ts');
    const { consoleLook } = await import('./look.ts');
    return (await startLineMode(depsOf(runtime, globals, await consoleLook(runtime)))) as ExitCode;
  }
  if (!canDraw() || globals.output !== 'text') {
    const { statusCommand } = await import('../status.ts');
    if (process.stdout.isTTY === true && globals.output === 'text')
      printNotice(
        'this terminal cannot show the full screen, so this is one look; mayday --screen-reader asks in plain lines',
      );
    return statusCommand({ globals, args: [], options: {} });
  }
  const runtime = await runtimeFor(globals);
  const { startConsole } = await import('../../console/app/start.ts');
  const { consoleLook } = await import('./look.ts');
  return (await startConsole(depsOf(runtime, globals, await consoleLook(runtime)))) as ExitCode;
}

/** Whether there is a terminal for the full screen. */
export const canDraw = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb';

function depsOf(runtime: Runtime, globals: GlobalOptions, look: ConsoleLook): ConsoleDeps {
  const { context, sandbox } = globals;
  const log = openLog({ named: globals.logFile, ...runtime.paths });
  const sharedByContexts = sharedOnFirstUse();
  return {
    settings: {
      version: VERSION,
      color: process.env.FORCE_COLOR !== '0',
      ascii: glyphsFor(process.env, globals.ascii === true) === ASCII,
      ...look,
      readOnly: globals.readOnly === true || runtime.config.readOnly,
      ...(context === undefined ? {} : { context }),
      ...(globals.gameday === undefined ? {} : { gameDay: globals.gameday }),
      ...(globals.tour === true && { isTour: true }),
      ...(globals.person === undefined ? {} : { person: globals.person }),
      ...(sandbox === undefined ? {} : { sandbox }),
    },
    terminal: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    clock: runtime.realClock,
    log,
    keep: keepUnder(runtime.paths.state, process.env),
    past: pastUnder(runtime.paths.state),
    plans: async () => {
      const [{ gameDayPlansIn: plansIn }, { disk }] = await Promise.all([
        import('../../experiment/catalogue.ts'),
        import('../../experiment/files.ts'),
      ]);
      return plansIn(runtime.paths.experiments, disk);
    },
    catalogue: async () => {
      const [{ listCatalogue }, { disk }] = await Promise.all([
        import('../../experiment/catalogue.ts'),
        import('../../experiment/files.ts'),
      ]);
      const entries = listCatalogue(runtime.paths.experiments, disk);
      return typeof entries === 'string' ? [{ path: runtime.paths.experiments, error: sanitise(entries) }] : entries;
    },
    keepCode: async () => log(`${await keepCode()} files of mayday's own code are kept in memory`),
    save: async (path, text, replace) => {
      const [{ resolve }, { writePrivate }, { problemOf }] = await Promise.all([
        import('node:path'),
        import('../../host/disk/private-file.ts'),
        import('../../host/disk/regular.ts'),
      ]);
      const whole = resolve(path);
      try {
        const unwritten = writePrivate(whole, text, { replace });
        if (unwritten?.is === 'refused') return { is: 'failed', why: sanitise(unwritten.why, 200) };
        return { is: unwritten === undefined ? 'written' : 'taken', path: whole };
      } catch (error) {
        return { is: 'failed', why: sanitise(problemOf(error), 200) };
      }
    },
    connect: async (progress, named) => {
      progress(sandbox === undefined ? 'reading the kubeconfig' : `starting the sandbox (${sandbox})`);
      try {
        // Loaded while the connection is made.
        const loading = import('./session.ts');
        const used =
          named === undefined
            ? runtime
            : await runtimeFor({ ...globals, context: named, shared: await sharedByContexts() });
        const connected = await used.connect();
        if (!connected.ok) {
          return {
            ok: false,
            message: connected.message,
            exitCode: connected.reason === 'context' ? EXIT.usage : EXIT.unreachable,
          };
        }
        const { consoleSession } = await loading;
        return { ok: true, session: consoleSession(used, connected.value) };
      } catch (error) {
        return { ok: false, message: messageOf(error), exitCode: EXIT.unreachable };
      }
    },
    // With --sandbox the console never offers a real cluster.
    ...(sandbox === undefined && { contexts: contextsOf(globals) }),
  };
}

/** What the connections to other contexts share. The kubeconfig is parsed once, not once for each cluster. */
function sharedOnFirstUse(): () => Promise<SharedByConnections> {
  let known: SharedByConnections | undefined;
  return async () => {
    const { sharedMachine } = await import('../../kube/connection/machine.ts');
    const { createKeyedQueue } = await import('../../host/keyed-queue.ts');
    known ??= { machine: sharedMachine(), clusters: 1, revertQueue: createKeyedQueue() };
    return known;
  };
}

/** Reads the contexts of the kubeconfig; the parser is loaded when they are first asked for. */
function contextsOf({ kubeconfig }: GlobalOptions): () => Promise<KnownContexts> {
  let read: (() => Promise<KnownContexts>) | undefined;
  return async () => {
    read ??= (await import('../../kube/connection/contexts.ts')).contextsReader(kubeconfig && resolve(kubeconfig));
    return read();
  };
}

import type { ConsoleDeps, ConsoleSettings } from '../../console/deps.ts';
import { keepCode } from '../../host/keep-code.ts';
import { openLog } from '../../host/log.ts';
import { VERSION } from '../../host/version.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ASCII, glyphsFor } from '../../text/glyphs.ts';
import type { GlobalOptions } from '../globals.ts';
import { connectFor, contextsOf } from './connect.ts';
import { catalogueUnder, plansUnder, saveFile } from './files.ts';
import { keepUnder } from './keep.ts';
import type { ConsoleLook } from './look.ts';
import { pastUnder } from './past.ts';

/** The options of the console: those of every command, and its own. */
export type ConsoleOptions = GlobalOptions & { gameday?: string; person?: string };

/** What the console is started with. Nothing is connected or read yet. */
export function consoleDeps(runtime: Runtime, globals: ConsoleOptions, look: ConsoleLook): ConsoleDeps {
  const { paths } = runtime;
  const log = openLog({ named: globals.logFile, ...paths });
  return {
    settings: settingsOf(runtime, globals, look),
    terminal: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    clock: runtime.realClock,
    log,
    keep: keepUnder(paths.state, process.env),
    past: pastUnder(paths.state),
    plans: () => plansUnder(paths.experiments),
    catalogue: () => catalogueUnder(paths.experiments),
    keepCode: async () => log(`${await keepCode()} files of mayday's own code are kept in memory`),
    save: saveFile,
    connect: connectFor(runtime, globals),
    // With --sandbox the console never offers a real cluster.
    ...(globals.sandbox === undefined && { contexts: contextsOf(globals) }),
  };
}

function settingsOf({ config }: Runtime, globals: ConsoleOptions, look: ConsoleLook): ConsoleSettings {
  const { context, sandbox, gameday, person } = globals;
  return {
    version: VERSION,
    color: process.env.FORCE_COLOR !== '0',
    ascii: glyphsFor(process.env, globals.ascii === true) === ASCII,
    ...look,
    readOnly: globals.readOnly === true || config.readOnly,
    ...(context === undefined ? {} : { context }),
    ...(gameday === undefined ? {} : { gameDay: gameday }),
    ...(globals.tour === true && { isTour: true }),
    ...(person === undefined ? {} : { person }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

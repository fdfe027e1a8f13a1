import { lookOnce } from '../triage/look.ts';
import { outlookOf, type Triage } from '../triage/result.ts';
import { RULES } from '../triage/rules/index.ts';
import type { CommandBody } from './command.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { withCluster } from './session.ts';
import { triageChoice } from './triage-choice.ts';
import { aimed, printLook, tellGate } from './triage-print.ts';

/**
 * `mayday triage [OBJECT]`: what is broken, since when, why, and what to do. Exit 9 when something is broken, 8 when nothing is but not all
 * could be read, 0 when all was read and nothing is.
 */
export const triageCommand: CommandBody = ({ globals, args, options }) => {
  const choice = triageChoice(args, options);
  return withCluster(globals, async (api, runtime) => {
    const looked = await lookOnce(api, runtime.realClock, RULES, gate => tellGate(gate, globals));
    const { context, server, user } = api.identity;
    const about = { context, server, user, now: looked.now };
    const shown = aimed(looked, choice, globals.namespace, api.identity.namespace);
    printLook(shown, about, globals);
    return exitCode(shown.triage);
  });
};

const EXITS: Readonly<Record<ReturnType<typeof outlookOf>, ExitCode>> = {
  failed: EXIT.broken,
  blind: EXIT.unreachable,
  clear: EXIT.done,
};

export const exitCode = (triage: Triage): ExitCode => EXITS[outlookOf(triage)];

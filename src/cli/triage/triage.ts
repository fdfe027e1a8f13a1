import { restrictionFor } from '../../health/view/confined.ts';
import type { About } from '../../triage/report/about.ts';
import { RULES } from '../../triage/rules/index.ts';
import type { GateResult } from '../../triage/run/gate-run.ts';
import { type Looked, lookOnce } from '../../triage/run/look.ts';
import type { CommandBody } from '../command.ts';
import type { ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { printNotice } from '../output/notice.ts';
import { withCluster } from '../session.ts';
import { narrowAdvice } from './advice.ts';
import { readBundle, saveBundle } from './bundle.ts';
import { type TriageChoice, triageChoice } from './choice.ts';
import { exitCodeOf, narrowed, printGate, printLook } from './print.ts';
import { watchCommand } from './watch.ts';

/**
 * `mayday triage [OBJECT]`: what is broken, since when, why, and what to do. Exit 9 when something is broken, 8 when nothing is but not all
 * could be read, 0 when all was read and nothing is.
 */
export const triageCommand: CommandBody = async ({ globals, args, options }) => {
  const choice = triageChoice(args, options);
  if (choice.from !== undefined) {
    const { looked, about } = readBundle(choice.from);
    return show(looked, about, choice, globals, 'default');
  }
  return withCluster(globals, async (api, runtime) => {
    const onlyNamespace = await restrictionFor(api, globals.namespace);
    if (choice.watch) return watchCommand(api, runtime, choice, globals, onlyNamespace);
    const onGate = (gate: GateResult) => printGate(gate, globals);
    const looked = await lookOnce(api, runtime.realClock, RULES, onGate, { onlyNamespace });
    const { context, server, user, namespace } = api.identity;
    const about = { context, server, user, now: looked.now };
    const code = show(looked, about, choice, globals, namespace);
    const advice = narrowAdvice(looked.view, globals.namespace, namespace);
    if (advice !== undefined) printNotice(advice);
    if (choice.save !== undefined) await saveBundle(choice.save, choice.replace, { looked, about, api });
    return code;
  });
};

/** Prints what was asked for, and says by the exit code what it amounts to. */
function show(looked: Looked, about: About, choice: TriageChoice, globals: GlobalOptions, namespace: string): ExitCode {
  const shown = narrowed(looked, choice, globals.namespace, namespace);
  printLook(shown, about, globals);
  return exitCodeOf(shown.triage);
}

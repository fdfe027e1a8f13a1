import { reflectedFeed } from '../../health/feed.ts';
import { followView } from '../../health/view/live.ts';
import { listenForInterrupt } from '../../host/interrupt.ts';
import { keepNewSpaceSmall, releaseMemory } from '../../host/memory.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { RULES } from '../../triage/rules/index.ts';
import { createNamedReader } from '../../triage/run/read-named.ts';
import { watchTriage } from '../../triage/run/watch.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { printNotice } from '../output/notice.ts';
import { narrowAdvice } from './advice.ts';
import type { TriageChoice } from './choice.ts';
import { exitCodeOf, narrowed, printLook, type Shown } from './print.ts';

/** `mayday triage --watch`: prints again whenever what is found changes, until interrupted. Exits as the last look would. */
export async function watchCommand(
  api: Api,
  runtime: Runtime,
  choice: TriageChoice,
  globals: GlobalOptions,
  onlyNamespace: string | undefined,
): Promise<ExitCode> {
  if (globals.output !== 'text' && globals.output !== 'jsonl')
    throw new CommandFailure(`expected -o text or jsonl with --watch, found ${globals.output}`, EXIT.usage);
  keepNewSpaceSmall();
  const interrupt = listenForInterrupt();
  const clock = runtime.realClock;
  const serverNow = () => api.serverTime().now;
  const live = followView({
    feed: reflectedFeed(api, clock, runtime.random, { release: releaseMemory }),
    clock,
    discovery: refresh => api.discovery(refresh),
    serverNow,
    context: api.identity.context,
    onlyNamespace,
  });
  const { signal } = interrupt;
  const reader = () => createNamedReader(api, clock, signal);
  const { context, server, user, namespace } = api.identity;
  let printed = '';
  let isAdvised = false;
  let code: ExitCode = EXIT.aborted;
  try {
    for await (const looked of watchTriage({ live, clock, rules: RULES, reader, serverNow, signal })) {
      const shown = narrowed(looked, choice, globals.namespace, namespace);
      code = exitCodeOf(shown.triage);
      const now = comparableText(shown);
      if (now === printed) continue;
      printed = now;
      printLook(shown, { context, server, user, now: looked.now }, globals, false);
      const advice = narrowAdvice(looked.view, globals.namespace, namespace);
      if (advice !== undefined && !isAdvised) printNotice(advice);
      isAdvised = isAdvised || advice !== undefined;
    }
    return code;
  } finally {
    live.stop();
    interrupt.dispose();
  }
}

/** A text to compare two results by, without times and durations, which change in every result. */
const comparableText = ({ triage, object }: Shown): string =>
  JSON.stringify([
    triage.roots.map(({ finding, follows }) => [finding, follows.map(each => each.finding)]),
    triage.gates.map(({ id, status, blind }) => [id, status, blind.map(({ what }) => what)]),
    object?.object.status,
  ]);

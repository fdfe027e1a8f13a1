import { pooled } from '../../kube/client/pooled.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { type CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { capturingOutput } from '../output/capture.ts';

/** The result of a command on one cluster. */
export interface Answer {
  /** The name of the context in the kubeconfig. */
  context: string;
  code: ExitCode;
  /** How long it took, milliseconds. */
  ms: number;
  /** What it printed on standard output (`text`) and on standard error. */
  text: string;
  stderr: string;
  /** The last result that it printed, as data. */
  value?: unknown;
  /** Why it failed, in one line. */
  failure?: Clean;
  /** The same in a word or two, if the failure has such a word. */
  word?: string;
}

/** How many clusters are asked at the same time. */
const AT_ONCE = 32;

/**
 * Runs a command on every cluster in parallel; `onAnswer` is called as each ends. A cluster that fails or never answers does not delay the others. Gives the
 * answers in the order of the contexts.
 */
export function askEach(
  contexts: readonly string[],
  ask: (context: string) => Promise<ExitCode>,
  onAnswer: (answer: Answer) => void,
  now: () => number,
): Promise<Answer[]> {
  return pooled(contexts, AT_ONCE, async context => {
    const answer = await askOne(context, ask, now);
    onAnswer(answer);
    return answer;
  });
}

async function askOne(
  context: string,
  ask: (context: string) => Promise<ExitCode>,
  now: () => number,
): Promise<Answer> {
  const began = now();
  const printed: Pick<Answer, 'text' | 'stderr' | 'value'> = { text: '', stderr: '' };
  const capture = {
    out(text: string, value?: unknown) {
      printed.text += text;
      if (value !== undefined) printed.value = value;
    },
    err(text: string) {
      printed.stderr += text;
    },
  };
  try {
    const code = await capturingOutput(capture, () => ask(context));
    return { context, code, ms: now() - began, ...printed };
  } catch (error) {
    const { exitCode = EXIT.internal, message, word } = error as Partial<CommandFailure> & Error;
    const failure = sanitise(message);
    return { context, code: exitCode, ms: now() - began, ...printed, failure, ...(word === undefined ? {} : { word }) };
  }
}

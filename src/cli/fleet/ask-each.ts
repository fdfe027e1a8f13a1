import { pooled } from '../../kube/client/pooled.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { type CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { speakingTo } from '../voice.ts';

/** What became of a command on one cluster. */
export interface Answer {
  /** As the kubeconfig writes it. */
  context: string;
  code: ExitCode;
  /** Milliseconds. */
  ms: number;
  /** What it printed, and told beside it. */
  text: string;
  told: string;
  /** The result that it printed last, as data. */
  value?: unknown;
  /** Why it ended early, in one line. */
  failure?: Clean;
}

/** So many clusters are asked at a time; the rest wait. */
const AT_ONCE = 32;

/**
 * Asks every cluster side by side; `heard` is called as each ends. One that fails, or never answers, keeps nobody waiting but itself. Gives the
 * answers in the order of the contexts.
 */
export function askEach(
  contexts: readonly string[],
  ask: (context: string) => Promise<ExitCode>,
  heard: (answer: Answer) => void,
  now: () => number,
): Promise<Answer[]> {
  return pooled(contexts, AT_ONCE, async context => {
    const answer = await askOne(context, ask, now);
    heard(answer);
    return answer;
  });
}

async function askOne(
  context: string,
  ask: (context: string) => Promise<ExitCode>,
  now: () => number,
): Promise<Answer> {
  const began = now();
  const said: Pick<Answer, 'text' | 'told' | 'value'> = { text: '', told: '' };
  const voice = {
    out(text: string, value?: unknown) {
      said.text += text;
      if (value !== undefined) said.value = value;
    },
    tell(text: string) {
      said.told += text;
    },
  };
  try {
    const code = await speakingTo(voice, () => ask(context));
    return { context, code, ms: now() - began, ...said };
  } catch (error) {
    const { exitCode = EXIT.internal, message } = error as Partial<CommandFailure> & Error;
    return { context, code: exitCode, ms: now() - began, ...said, failure: sanitise(message) };
  }
}

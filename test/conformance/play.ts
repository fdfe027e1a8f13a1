import { send } from './send.ts';
import type { Answer, Scenario, Step } from './step.ts';
import type { Target } from './target.ts';
import { at } from './value.ts';

const PAUSE_MS = 60;
const NAMESPACE = '/api/v1/namespaces';
const pause = () => new Promise(resolve => setTimeout(resolve, PAUSE_MS));

/** The texts of a step with values in the places of `<ns>` and `<step.path>`. */
function filled(step: Step, namespace: string, answers: ReadonlyMap<string, Answer>): Step {
  const text = JSON.stringify(step).replace(/<(ns|[a-z][a-z0-9-]*\.[^<>"\s]+)>/g, (whole, inside: string) => {
    if (inside === 'ns') return namespace;
    const [name = '', ...path] = inside.split('.');
    const answer = answers.get(name);
    const value = answer && at(answer.body, path.join('.'));
    return value === undefined ? whole : JSON.stringify(String(value)).slice(1, -1);
  });
  return JSON.parse(text) as Step;
}

const holds = (answer: Answer, conditions: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(conditions).every(([path, wanted]) => {
    const found = path === 'status' ? answer.status : at(path.startsWith('headers.') ? answer : answer.body, path);
    if (wanted === '*') return found !== undefined;
    return JSON.stringify(found ?? null) === JSON.stringify(wanted);
  });

/** Sends one step, again and again while what it waits for has not come and there is time. */
async function ask(target: Target, step: Step): Promise<Answer> {
  const deadline = Date.now() + target.patience;
  for (;;) {
    const answer = await send(target, step);
    if (!step.until || holds(answer, step.until)) return answer;
    if (Date.now() > deadline)
      throw new Error(`${step.method} ${step.path}: waited for ${JSON.stringify(step.until)}, found ${short(answer)}`);
    await pause();
  }
}

const short = (answer: Answer): string => `${answer.status} ${JSON.stringify(answer.body).slice(0, 600)}`;

async function makeNamespace(target: Target, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  // One of an earlier run may have been left behind, or still be on its way out.
  await send(target, { name: '', method: 'DELETE', path: `${NAMESPACE}/${name}` });
  await ask(target, { name: '', method: 'POST', path: NAMESPACE, body, until: { status: 201 } });
  for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt'])
    await ask(target, { name: '', method: 'GET', path: `${NAMESPACE}/${name}/${path}`, until: { status: 200 } });
}

/** Plays a scenario on a server, in a namespace of its own, and tells of each answer. Rejects when a wait is in vain. */
export async function play(
  target: Target,
  { name, steps }: Scenario,
  tell: (step: Step, answer: Answer) => void,
): Promise<void> {
  const namespace = `cf-${name}`;
  await makeNamespace(target, namespace);
  try {
    const answers = new Map<string, Answer>();
    for (const step of steps) {
      const answer = await ask(target, filled(step, namespace, answers));
      answers.set(step.name, answer);
      tell(step, answer);
    }
  } finally {
    await send(target, { name: '', method: 'DELETE', path: `${NAMESPACE}/${namespace}` });
  }
}

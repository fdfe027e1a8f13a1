import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

const PATH = '/readyz?verbose';
/** `[-]etcd failed: reason withheld` */
const FAILED = /\[-\]([\w/-]+) failed(?:: ([^\n⏎[;]*))?/g;

/** The API server's own readiness checks. */
export const apiReadyz: Rule = {
  id: 'api/readyz',
  gate: 'G0',
  needs: [],
  about: {
    looksAt: 'The response of the API server to /readyz?verbose, check by check.',
    why: 'An API server that is not ready (etcd cannot be reached, start-up hooks have not finished) answers late, wrongly or not at all, so that other findings may be wrong.',
    whatToDo: 'Look at the failed check on the control plane: etcd, its disk, the logs of kube-apiserver.',
  },
  *asks() {
    yield { is: 'path', path: PATH };
  },
  *look({ view, answers }) {
    const answer = answers.path(PATH);
    if (answer === undefined) return;
    const answerText = answer.ok ? answer.value : answer.message;
    const failed = [...answerText.matchAll(FAILED)].map(([, check = '', why = '']) => ({ check, why: why.trim() }));
    if (failed.length === 0) return;
    yield {
      severity: 'critical',
      object: { apiVersion: 'v1', kind: 'APIServer', name: view.context ?? 'kubernetes' },
      summary: `the API server is not ready: ${failed.map(({ check }) => check).join(', ')} failed`,
      evidence: failed.map(({ check, why }) => `/readyz: [-]${check} failed${why && `: ${why}`}`),
      cause: failed.some(({ check }) => check.startsWith('etcd'))
        ? 'The API server cannot use etcd.'
        : 'A readiness check of the API server fails.',
      fixes: [
        {
          text: 'See all checks, then the logs of kube-apiserver and etcd on the control plane.',
          command: command(view, ['kubectl', 'get', '--raw', PATH]),
        },
      ],
    };
  },
};

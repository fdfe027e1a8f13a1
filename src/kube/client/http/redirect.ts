import { cleanText, sanitise } from '../../../text/sanitise.ts';
import { failure } from './failure.ts';
import type { Failure } from './outcome.ts';

const MOST_HOPS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The target of a redirect: a URL of the same host, a failure if the target must not be followed, or undefined when it is no redirect.
 * Another port of the host is followed, as kubectl does. Another host or another protocol is not, because it would get our credentials.
 * A write is repeated only for 307 and 308.
 */
export function redirectOf(
  answer: { status: number; location: string | undefined },
  from: { url: string; method: string; hops: number },
): string | Failure | undefined {
  if (!REDIRECTS.has(answer.status) || answer.location === undefined) return undefined;
  const here = new URL(from.url);
  const to = URL.canParse(answer.location, here.href) ? new URL(answer.location, here) : undefined;
  const where = sanitise(to ? `${to.origin}${to.pathname}` : answer.location, 200);
  const stay = (why: ReturnType<typeof sanitise>) =>
    failure('server-error', cleanText`${sanitise(here.origin, 256)} redirects to ${where}: ${why}`, answer.status);
  if (to?.hostname !== here.hostname) {
    return stay(
      sanitise('another server, which was not asked; expected the API server itself under server: in the kubeconfig'),
    );
  }
  if (to.protocol !== here.protocol)
    return stay(
      sanitise(
        'not by the protocol of server: in the kubeconfig, so it was not asked; expected the API server itself there',
      ),
    );
  if (from.hops >= MOST_HOPS) return stay(sanitise(`redirected ${MOST_HOPS} times, given up`));
  if (from.method !== 'GET' && answer.status < 307)
    return stay(sanitise(`a ${from.method} is not sent there as a read; nothing was written`));
  to.username = '';
  to.password = '';
  return to.href;
}

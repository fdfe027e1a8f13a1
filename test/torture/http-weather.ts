import { oneOf, type Random, upTo } from './draw.ts';
import { type Answer, type Meet, statusAnswer } from './proxy.ts';
import { TROUBLES, type Trouble } from './weather.ts';

/** What can befall one request on its way, as it looks on the wire; the rest takes somebody inside the cluster. */
type WireTrouble = Exclude<Trouble, 'late' | 'overtaken'>;
const WIRE_TROUBLES = TROUBLES.filter((one): one is WireTrouble => one !== 'late' && one !== 'overtaken');

const ANSWERS: Readonly<Partial<Record<WireTrouble, Answer>>> = {
  conflict: statusAnswer(409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified'),
  gone: statusAnswer(410, 'Expired', 'too old resource version'),
  throttled: statusAnswer(429, 'TooManyRequests', 'too many requests', { 'retry-after': '1' }),
  'server-error': statusAnswer(500, 'InternalError', 'etcdserver: leader changed'),
  unavailable: statusAnswer(503, 'ServiceUnavailable', 'apiserver not ready', { 'retry-after': '1' }),
};

/** Bad weather for a proxy: reads and writes alike meet trouble with this probability, as long as `isOn`. */
export function wireWeather(
  random: Random,
  probability: number,
  isOn: () => boolean,
): { meet: Meet; struck: Map<string, number> } {
  const struck = new Map<string, number>();
  const meet: Meet = async ({ path }, { forward, answer, reset }) => {
    // A client that cannot even learn what the cluster serves does nothing at all.
    const isDiscovery = /^\/apis?(\?|$)/.test(path);
    if (!isOn() || isDiscovery || random() >= probability) return answer(await forward());
    const trouble = oneOf(random, WIRE_TROUBLES);
    struck.set(trouble, (struck.get(trouble) ?? 0) + 1);
    const made = ANSWERS[trouble];
    if (made !== undefined) return answer(made);
    if (trouble === 'reset-before') return reset();
    const real = await forward();
    if (trouble === 'reset-after') return reset();
    // Nothing is ever answered; the client's own deadline ends it.
    if (trouble === 'timeout-after') return;
    await new Promise(resolve => setTimeout(resolve, upTo(random, 50)));
    answer(real);
  };
  return { meet, struck };
}

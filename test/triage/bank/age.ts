/**
 * Makes everything in a cluster older, in etcd, so that thresholds such as a progress deadline are met as in life.
 * The API server must keep its objects as JSON (`--storage-media-type=application/json`); it sees ordinary changes.
 */

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** What is renewed all the time stays new, and what stands in a pod template: changing that would make new pods. */
const KEPT = new Set(['lastHeartbeatTime', 'lastTimestamp', 'lastObservedTime', 'kubectl.kubernetes.io/restartedAt']);
const FRESH_LEASE_MS = 45_000;

interface Entry {
  key: string;
  value: string;
  mod_revision: string;
  lease?: string;
}

/** The value with every time up to `now` moved back by `ms`. */
function aged(value: unknown, ms: number, now: number, key = ''): unknown {
  if (Array.isArray(value)) return value.map(each => aged(each, ms, now, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, KEPT.has(name) ? each : aged(each, ms, now, name)]),
    );
  if (typeof value !== 'string' || !STAMP.test(value) || Date.parse(value) > now) return value;
  const fraction = /\.\d+/.exec(value)?.[0] ?? '';
  return `${new Date(Date.parse(value) - ms).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Whether this is a Lease that somebody has just renewed. */
function isAlive(object: { kind?: string; spec?: { renewTime?: string } }, now: number): boolean {
  return object.kind === 'Lease' && now - Date.parse(object.spec?.renewTime ?? '') < FRESH_LEASE_MS;
}

/** Ages all objects behind the etcd on that port. */
export async function age(port: number, minutes: number): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const ask = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const read = async (key: object): Promise<Entry[]> => (await ask<{ kvs?: Entry[] }>('range', key)).kvs ?? [];
  const now = Date.now();

  const ageOne = async (entry: Entry): Promise<void> => {
    for (let attempt = 0, current: Entry | undefined = entry; current && attempt < 5; attempt++) {
      const path = Buffer.from(current.key, 'base64').toString();
      const text = Buffer.from(current.value, 'base64').toString();
      if (!text.startsWith('{') || /^\/registry\/(masterleases|ranges)/.test(path)) return;
      const object = JSON.parse(text);
      if (isAlive(object, now)) return;
      const value = base64(`${JSON.stringify(aged(object, minutes * 60_000, now))}\n`);
      const { succeeded } = await ask<{ succeeded?: boolean }>('txn', {
        compare: [{ key: current.key, target: 'MOD', result: 'EQUAL', mod_revision: current.mod_revision }],
        success: [{ request_put: { key: current.key, value, lease: current.lease ?? '0' } }],
      });
      if (succeeded) return;
      [current] = await read({ key: current.key });
    }
  };
  const entries = await read({ key: base64('/registry/'), range_end: base64('/registry0') });
  for (const entry of entries) await ageOne(entry);
}

import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createGunzip } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import type { Answer, Step } from './step.ts';
import type { Target } from './target.ts';

/** Headers that say something to a client; others are the transport's. */
const TELLING = ['content-type', 'content-encoding', 'warning', 'retry-after', 'allow', 'location'];

/** How long a watch is read on after the events that were waited for, in milliseconds. */
const ONE_TOO_MANY_MS = 120;

function headersOf(step: Step, target: Target, body: string | undefined): Record<string, string | string[]> {
  const bearer = step.bearer ?? target.token;
  const type = step.type ?? 'application/json';
  return {
    'User-Agent': 'conformance/1',
    Accept: step.accept ?? 'application/json',
    ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
    ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...(body !== undefined && type ? { 'Content-Type': type } : {}),
    ...(step.user ? { 'Impersonate-User': step.user } : {}),
    ...(step.groups ? { 'Impersonate-Group': [...step.groups] } : {}),
    ...step.headers,
  };
}

/** Reads a body to its end, or a watch until its events have come. */
function readBody(response: IncomingMessage, events: number | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const incoming = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
    let text = '';
    let enough: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(enough);
      resolve(text);
    };
    const see = () => {
      if (events === undefined || enough || text.split('\n').length <= events) return;
      enough = setTimeout(() => {
        finish();
        incoming.destroy();
      }, ONE_TOO_MANY_MS);
    };
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      text += chunk;
      see();
    });
    incoming.once('end', finish);
    incoming.once('error', error => (enough ? finish() : reject(error)));
    see();
  });
}

/** JSON or YAML as a value, anything else as the text it is. */
function parsed(text: string, type = ''): unknown {
  try {
    if (type.startsWith('application/yaml')) return parseYaml(text, { version: '1.1' });
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parsedBody(step: Step, status: number, text: string, type: string | undefined): unknown {
  if (step.events === undefined || status !== 200) return parsed(text, type);
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => parsed(line));
}

/** Sends one request; its texts hold no placeholders any more. */
export function send(target: Target, step: Step): Promise<Answer> {
  const body =
    step.body === undefined ? undefined : typeof step.body === 'string' ? step.body : JSON.stringify(step.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${target.url}${step.path}`,
      {
        method: step.method,
        agent: step.bearer === undefined ? target.agent : target.bare,
        headers: headersOf(step, target, body),
        timeout: 60_000,
      },
      incoming => {
        const status = incoming.statusCode ?? 0;
        const headers = TELLING.flatMap(name => {
          const value = incoming.headers[name];
          return value === undefined ? [] : [[name, String(value)]];
        });
        readBody(incoming, status === 200 ? step.events : undefined).then(
          text =>
            resolve({
              status,
              headers: Object.fromEntries(headers),
              body: parsedBody(step, status, text, incoming.headers['content-type']),
            }),
          reject,
        );
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error(`${step.method} ${step.path}: no answer in 20 s`)));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** The result of a GET: the text of the answer, cut at `LONGEST`, and its duration in milliseconds; or why there is none. */
type Fetched = { ok: true; status: number; body: string; ms: number } | { ok: false; why: string };

interface FetchOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  headers?: Readonly<Record<string, string>>;
  /** As node's `tls.connect` takes it, PEM. */
  tls?: { ca?: string; cert?: string; key?: string; servername?: string; rejectUnauthorized?: boolean };
}

/** The longest text that is kept of an answer, in characters: enough to judge whether the server is healthy. */
const LONGEST = 1024 * 1024;

/** GETs an address. Redirects are not followed, because a login page is not the requested page, and other servers must not get the credentials. */
export async function fetchText(url: string, { timeoutMs, signal, headers, tls }: FetchOptions): Promise<Fetched> {
  const timeUp = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
  const began = performance.now();
  try {
    const stop = signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]);
    const answer = await get(url, { headers: { ...headers }, ...tls, signal: stop });
    const body = await readText(answer);
    return { ok: true, status: answer.statusCode ?? 0, body, ms: performance.now() - began };
  } catch (error) {
    if (timeUp.aborted) return { ok: false, why: `no answer within ${Math.round(timeoutMs)}ms` };
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, why: code ?? message };
  }
}

function get(url: string, options: object): Promise<IncomingMessage> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    send(url, options, resolve).once('error', reject).end();
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of answer) {
    text += decoder.decode(part as Buffer, { stream: true });
    if (text.length > LONGEST) break;
  }
  return text.slice(0, LONGEST);
}

import { readFileSync } from 'node:fs';

/** A request to a real API server and what it answered. */
export interface Exchange {
  name: string;
  request: { method: string; path: string; body?: unknown; ctype?: string; accept?: string; user?: string };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

const FILE = new URL('../../fixtures/apiserver/exchanges.jsonl', import.meta.url);

/** The recorded exchanges, in order. */
export const recordedExchanges = (): Exchange[] =>
  readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Exchange);

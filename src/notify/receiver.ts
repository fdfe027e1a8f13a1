import type { NoticeKind } from './notice.ts';

export const SHAPES = ['cloudevents', 'slack', 'mattermost', 'grafana'] as const;

/** A receiver of notices from the configuration. */
export interface Receiver {
  url: string;
  as: (typeof SHAPES)[number];
  /** Only these kinds of notices; all when absent. */
  events?: NoticeKind[] | undefined;
  headers?: Record<string, string> | undefined;
}

/** The name of a receiver for people: only the host, since the path of a webhook is often a secret. */
export function receiverName({ url, as }: Pick<Receiver, 'url' | 'as'>): string {
  return `${as} at ${URL.canParse(url) ? new URL(url).host : 'an address that is none'}`;
}

/** The address without user name and password, and the authorization header in their place. */
export function addressOf(url: string): { url: string; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { url, headers: {} };
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: address.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

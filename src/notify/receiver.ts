import type { NoticeKind } from './notice.ts';

export const SHAPES = ['cloudevents', 'slack', 'mattermost', 'grafana'] as const;

/** Somebody to tell, as the configuration names them. */
export interface Receiver {
  url: string;
  as: (typeof SHAPES)[number];
  /** Only of these; of all where there is none. */
  events?: NoticeKind[] | undefined;
  headers?: Record<string, string> | undefined;
}

/** How a receiver is named to people: only the host, for the path of a webhook is often its secret. */
export function receiverName({ url, as }: Pick<Receiver, 'url' | 'as'>): string {
  return `${as} at ${URL.canParse(url) ? new URL(url).host : 'an address that is none'}`;
}

/** The address without its user name and password, and the header that says them instead. */
export function addressOf(url: string): { url: string; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { url, headers: {} };
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: address.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

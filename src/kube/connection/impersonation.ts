import type { KubeUser } from './kubeconfig.ts';

/** The user and groups to impersonate. */
export interface Impersonation {
  user?: string | undefined;
  groups?: string[] | undefined;
}

/** Impersonation by the command line replaces that of the kubeconfig as a whole. */
export function impersonationHeaders(user: KubeUser, as: Impersonation): Record<string, string | string[]> {
  if (as.user) return { 'impersonate-user': utf8(as.user), ...groupHeader(as.groups) };
  if (!user.impersonateUser) return {};
  const extra = Object.entries(user.impersonateExtra ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values.map(utf8)] as const,
  );
  return {
    'impersonate-user': utf8(user.impersonateUser),
    ...(user.impersonateUid && { 'impersonate-uid': utf8(user.impersonateUid) }),
    ...groupHeader(user.impersonateGroups),
    ...Object.fromEntries(extra),
  };
}

const groupHeader = (groups: readonly string[] | undefined) =>
  groups?.length ? { 'impersonate-group': groups.map(utf8) } : {};

/** Node.js sends headers as Latin-1; this makes it send names in UTF-8, as kubectl does. */
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/**
 * Certificates of the simulated webhook servers. They protect nothing (the keys were thrown away). They exist so that
 * readers of a caBundle or a serving certificate find real, unexpired certificates that fit each other.
 */

const pem = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The authority that signed every serving certificate here, PEM. */
export const WEBHOOK_AUTHORITY = pem([
  '-----BEGIN CERTIFICATE-----',
  'MIIBkDCCATegAwIBAgIUFWZiAbLJfvCu3zrg+ETgBwp+r3UwCgYIKoZIzj0EAwIw',
  'HTEbMBkGA1UEAwwSc2FuZGJveC13ZWJob29rLWNhMCAXDTI2MTEyMTE1MTM1NloY',
  'DzIxMjYxMDI4MTUxMzU2WjAdMRswGQYDVQQDDBJzYW5kYm94LXdlYmhvb2stY2Ew',
  'WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARVSpBDbgS2f/S2CcAFK2Zg4drGDjwn',
  'zIqOYg5igAYBNa1KVO4+izaZeDOMdv7OGEAlpgvMPPAffle1hd7aR7qKo1MwUTAd',
  'BgNVHQ4EFgQU0riF0E8pBX9AMHwQl+S9ZHPxAEcwHwYDVR0jBBgwFoAU0riF0E8p',
  'BX9AMHwQl+S9ZHPxAEcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBE',
  'AiBTuBPuwaeMoM/10CwM0VtvnVb50hdjo1JZBVfm6WJTjgIgSAnkIHV3zn3VDe1U',
  'eh6XsIry2PvlgLY++diEOJNMihA=',
  '-----END CERTIFICATE-----',
]);

const SERVING = pem([
  '-----BEGIN CERTIFICATE-----',
  'MIIDTDCCAvKgAwIBAgIBAjAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJzYW5kYm94',
  'LXdlYmhvb2stY2EwIBcNMjYxMTIxMTUxMzU2WhgPMjEyNjEwMjcxNTEzNTZaMBsx',
  'GTAXBgNVBAMMEHNhbmRib3gtd2ViaG9va3MwWTATBgcqhkjOPQIBBggqhkjOPQMB',
  'BwNCAASpKZEovf87cfQf/aEGzTWt65OlQ1sWd9ELvDfKCe3NRQ32yBSVhnYiF6jZ',
  '6NU5PBu4uGdstgEeLs/h74NBXhf9o4ICITCCAh0wggGpBgNVHREEggGgMIIBnIIo',
  'a3NlcnZlLXdlYmhvb2stc2VydmVyLXNlcnZpY2Uua3NlcnZlLnN2Y4Ita3NlcnZl',
  'LXdlYmhvb2stc2VydmVyLXNlcnZpY2Uub3BlbmRhdGFodWIuc3ZjgilsbG1pc3Zj',
  'LXdlYmhvb2stc2VydmVyLXNlcnZpY2Uua3NlcnZlLnN2Y4IhdHJhaW5pbmctb3Bl',
  'cmF0b3Iub3BlbmRhdGFodWIuc3Zjght3ZWJob29rLmtuYXRpdmUtc2VydmluZy5z',
  'dmOCJWNlcnQtbWFuYWdlci13ZWJob29rLmNlcnQtbWFuYWdlci5zdmOCF2lzdGlv',
  'ZC5pc3Rpby1zeXN0ZW0uc3ZjghdreXZlcm5vLXN2Yy5reXZlcm5vLnN2Y4I0b2Ro',
  'LW1vZGVsLWNvbnRyb2xsZXItd2ViaG9vay1zZXJ2aWNlLm9wZW5kYXRhaHViLnN2',
  'Y4I0aW5ncmVzcy1uZ2lueC1jb250cm9sbGVyLWFkbWlzc2lvbi5pbmdyZXNzLW5n',
  'aW54LnN2Y4IRY2hlY2tvdXQuc2hvcC5zdmMwCQYDVR0TBAIwADAOBgNVHQ8BAf8E',
  'BAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYEFJE3V9h1AqHy8lhF',
  'h+U74U8WLHTXMB8GA1UdIwQYMBaAFNK4hdBPKQV/QDB8EJfkvWRz8QBHMAoGCCqG',
  'SM49BAMCA0gAMEUCIFc7M/1u/tdIEpwygLpTPEyrDxGDnbkPgVokAZNtfYGZAiEA',
  'gHb3pZGcIZmcnSI02DIpTlOuYKZvJxaeKqE4AvHgZkM=',
  '-----END CERTIFICATE-----',
]);

/** `clientConfig.caBundle` of a webhook. */
export const CA_BUNDLE = base64(WEBHOOK_AUTHORITY);
/** `data` of a kubernetes.io/tls Secret for the webhook servers; the key is a placeholder. */
export const SERVING_SECRET = {
  'ca.crt': CA_BUNDLE,
  'tls.crt': base64(SERVING),
  'tls.key': base64('the sandbox keeps no private keys\n'),
};

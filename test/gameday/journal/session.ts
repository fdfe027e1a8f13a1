/** Two people of a game-day, and the session of the first, as journals have them. */
export const ANA = { name: 'Ana', role: 'owner' } as const;
export const BEN = { name: 'Ben', role: 'reporter' } as const;
export const SESSION = {
  session: 's1',
  by: ANA,
  user: 'admin',
  host: 'desk',
  pid: 1,
  version: 'test',
  context: 'lab',
  server: 'https://lab.example',
  clusterUid: 'u',
};

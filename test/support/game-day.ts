const ANA = { name: 'Ana', role: 'owner' };

/** A plan of a game-day whose owner is Ana, with this in its `spec`. */
export const gameDay = (
  name: string,
  { namespaces, ...own }: { namespaces: readonly string[] } & Record<string, unknown>,
) => ({
  apiVersion: 'mayday.dev/v1alpha1',
  kind: 'GameDay',
  metadata: { name },
  spec: { objective: 'see what happens', scope: { namespaces }, people: [ANA], ...own },
});

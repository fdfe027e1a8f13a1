/** What is used of undici for every connection. */
export interface HttpLibrary {
  Agent: typeof import('undici').Agent;
  buildConnector: typeof import('undici').buildConnector;
}

/** What is used of it to go through a proxy. */
export interface ProxyLibrary {
  ProxyAgent: typeof import('undici').ProxyAgent;
  Socks5ProxyAgent: typeof import('undici').Socks5ProxyAgent;
}

/**
 * Loads the modules of undici that are needed, and no others: the whole of it, with its fetch, caches and mocks, takes
 * longer to load than a near server to answer.
 */
export async function loadHttpLibrary(): Promise<HttpLibrary> {
  const [agent, connector] = await Promise.all([
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Agent: agent.default, buildConnector: connector.default };
}

/** Proxies need the whole, which adds to the dispatchers what opens a tunnel. The default export exists both in Node.js and in a bundle. */
export const loadProxyLibrary = async (): Promise<ProxyLibrary> => (await import('undici')).default;

/** How do webhooks reach whichever instance runs? Like a load balancer: to one that is ready, and to nobody a second time. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Gateway = { readonly url: string; readonly close: () => Promise<void> };

/** `choose` names the instance that takes the next webhook; `null`: there is none, and GitHub is told so. */
export async function openGateway(choose: () => string | null): Promise<Gateway> {
  const server = createServer((request, response) => {
    void pass(choose(), request).then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** 502 also where the instance died before it answered: what it stored until then nobody knows. */
async function pass(to: string | null, request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (to === null) return 502;
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && (name.startsWith('x-') || name === 'content-type') ? [[name, value]] : [],
    );
    const answer = await fetch(`${to}/api/github/webhooks`, { method: 'POST', headers, body: Buffer.concat(chunks) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 502;
  }
}

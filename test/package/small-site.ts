import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SmallSite = { readonly url: string; close(): Promise<void> };

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="description" content="A small shop">
<title>Shop</title><link rel="icon" href="data:,">
</head>
<body><main><h1>Welcome</h1><p>Something to read.</p></main></body>
</html>
`;

/** A healthy application: `/` leads to `/en/`, as in many, and that is a page. */
export async function openSmallSite(): Promise<SmallSite> {
  const server = createServer((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/en/' }).end();
    else response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: Pick<AddressInfo, 'port'> = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === 'object' && address !== null) return address;
  throw new Error(`the server listens on ${address}`);
}

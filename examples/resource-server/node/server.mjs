// A resource server that never asks Tokengrid about a token: node server.mjs ISSUER AUDIENCE [PORT]

import { createServer } from 'node:http';
import { Verifier } from './verifier.mjs';

const [issuer, audience, port = '9091'] = process.argv.slice(2);
const verifier = await Verifier.discover(issuer, audience);
const follow = () => verifier.follow().catch((cause) => console.error(`the issuer could not be followed: ${cause.message}`));
await follow();
setInterval(follow, 15_000).unref();

createServer(async (request, response) => {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('no token');
    const claims = await verifier.verify(token);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(claims));
  } catch {
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
  }
}).listen(Number(port), '127.0.0.1');

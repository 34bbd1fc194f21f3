// oauth4webapi: each step by itself, each answer as its standard has it, access tokens as a resource server reads them.

import * as oauth from "oauth4webapi";
import { Browser, expect, flow as run, issuer, redirectUri, refused, register, registerApp } from "./demo.js";

const flow = (name, body) => run("oauth4webapi", name, body);
const plain = { [oauth.allowInsecureRequests]: true };
const at = new URL(issuer);

async function discover(algorithm) {
  const answer = await oauth.discoveryRequest(at, { ...plain, algorithm });
  return oauth.processDiscoveryResponse(at, answer);
}

await flow("discovery, RFC 8414", () => discover("oauth2"));
const server = await flow("discovery, OpenID Connect", () => discover("oidc"));

const resource = await flow("protected resource metadata", async () => {
  const answer = await oauth.resourceDiscoveryRequest(at, plain);
  return oauth.processResourceDiscoveryResponse(at, answer);
});
expect(resource.authorization_servers.includes(issuer), "the issuer among the resource's servers");

const app = await registerApp();
const client = { client_id: app.client_id };
const proof = oauth.ClientSecretBasic(app.client_secret);
const nonce = oauth.generateRandomNonce();
const browser = new Browser();

/** The parameters by which a browser comes back. */
async function authorize(client, challenge, extra = {}) {
  const state = oauth.generateRandomState();
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id, redirect_uri: redirectUri, response_type: "code", scope: "openid profile api",
    code_challenge: challenge, code_challenge_method: "S256", state, ...extra,
  });
  return oauth.validateAuthResponse(server, client, await browser.allow(address), state);
}

const tokens = await flow("authorization code + PKCE", async () => {
  const verifier = oauth.generateRandomCodeVerifier();
  const back = await authorize(client, await oauth.calculatePKCECodeChallenge(verifier), { nonce });
  const answer = await oauth.authorizationCodeGrantRequest(server, client, proof, back, redirectUri, verifier, plain);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce, requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, answer, plain);
  return tokens;
});
const { sub } = oauth.getValidatedIdTokenClaims(tokens);

await flow("a wrong verifier", async () => {
  const back = await authorize(client, await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()));
  const other = oauth.generateRandomCodeVerifier();
  const answer = await oauth.authorizationCodeGrantRequest(server, client, proof, back, redirectUri, other, plain);
  await refused(oauth.processAuthorizationCodeResponse(server, client, answer), "invalid_grant");
});

await flow("JWT access token, RFC 9068", async () => {
  const request = new Request(`${issuer}/users/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(server, request, issuer, plain);
  expect(claims.client_id === app.client_id, "client_id");
});

await flow("userinfo", async () => {
  const answer = await oauth.userInfoRequest(server, client, tokens.access_token, plain);
  const person = await oauth.processUserInfoResponse(server, client, sub, answer);
  expect(person.preferred_username === "john.doe", "john.doe");
});

await flow("userinfo, signed", async () => {
  const app = await registerApp({ userinfo_signed_response_alg: "ES256" });
  const client = { client_id: app.client_id, userinfo_signed_response_alg: "ES256" };
  const proof = oauth.ClientSecretBasic(app.client_secret);
  const verifier = oauth.generateRandomCodeVerifier();
  const back = await authorize(client, await oauth.calculatePKCECodeChallenge(verifier));
  const issued = await oauth.authorizationCodeGrantRequest(server, client, proof, back, redirectUri, verifier, plain);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, issued);
  const answer = await oauth.userInfoRequest(server, client, tokens.access_token, plain);
  await oauth.processUserInfoResponse(server, client, sub, answer);
  await oauth.validateApplicationLevelSignature(server, answer, plain);
});

await flow("refresh", async () => {
  const answer = await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token, plain);
  const next = await oauth.processRefreshTokenResponse(server, client, answer);
  expect(oauth.getValidatedIdTokenClaims(next).sub === sub, "the same person");
});

for (const [name, method] of [["client_secret_basic", oauth.ClientSecretBasic], ["client_secret_post", oauth.ClientSecretPost]]) {
  await flow(`client credentials, ${name}`, async () => {
    const app = await register({ grant_types: ["client_credentials"], scope: "api", token_endpoint_auth_method: name });
    const client = { client_id: app.client_id };
    const answer = await oauth.clientCredentialsGrantRequest(server, client, method(app.client_secret), {}, plain);
    await oauth.processClientCredentialsResponse(server, client, answer);
  });
}

for (const algorithm of ["ES256", "RS256", "Ed25519"]) {
  await flow(`client credentials, private_key_jwt ${algorithm}, DPoP`, async () => {
    const keys = await oauth.generateKeyPair(algorithm, { extractable: true });
    const { kty, crv, x, y, n, e, alg } = await crypto.subtle.exportKey("jwk", keys.publicKey);
    const app = await register({
      grant_types: ["client_credentials"], scope: "api", token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ kty, crv, x, y, n, e, alg, kid: "one" }] },
    });
    const client = { client_id: app.client_id };
    const proof = oauth.PrivateKeyJwt({ key: keys.privateKey, kid: "one" });
    const options = { ...plain, DPoP: oauth.DPoP(client, await oauth.generateKeyPair(algorithm)) };
    const answer = await oauth.clientCredentialsGrantRequest(server, client, proof, {}, options);
    const issued = await oauth.processClientCredentialsResponse(server, client, answer);
    expect(issued.token_type === "dpop", "a bound token");
  });
}

await flow("pushed authorization request", async () => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const pushed = await oauth.pushedAuthorizationRequest(server, client, proof, {
    redirect_uri: redirectUri, response_type: "code", scope: "openid", state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  }, plain);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, pushed);
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({ client_id: client.client_id, request_uri });
  const back = oauth.validateAuthResponse(server, client, await browser.allow(address), state);
  const answer = await oauth.authorizationCodeGrantRequest(server, client, proof, back, redirectUri, verifier, plain);
  await oauth.processAuthorizationCodeResponse(server, client, answer, { requireIdToken: true });
});

await flow("introspection, signed (RFC 9701)", async () => {
  const told = { ...client, introspection_signed_response_alg: "ES256" };
  const options = { ...plain, requestJwtResponse: true };
  const answer = await oauth.introspectionRequest(server, told, proof, tokens.access_token, options);
  const { active } = await oauth.processIntrospectionResponse(server, told, answer);
  await oauth.validateApplicationLevelSignature(server, answer, plain);
  expect(active, "an active token");
});

await flow("revocation", async () => {
  const answer = await oauth.revocationRequest(server, client, proof, tokens.access_token, plain);
  await oauth.processRevocationResponse(answer);
  const asked = await oauth.introspectionRequest(server, client, proof, tokens.access_token, plain);
  expect((await oauth.processIntrospectionResponse(server, client, asked)).active === false, "a dead token");
});

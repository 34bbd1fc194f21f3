// openid-client, as its documentation shows it, with the ID tokens' signatures checked, too.

import * as client from "openid-client";
import { Browser, afterLogout, deviceGrant, expect, flow as run, issuer, redirectUri, refused } from "./demo.js";
import { register, registerApp } from "./demo.js";

const flow = (name, body) => run("openid-client", name, body);

async function discover(registered, authentication, metadata = {}) {
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  // Without a word the library sends client_secret_post, which is not what a client registers without a word.
  authentication ??= client.ClientSecretBasic(registered.client_secret);
  const configuration = await client.discovery(new URL(issuer), registered.client_id, metadata, authentication, { execute });
  configuration.timeout = 30;
  return configuration;
}

/** A person signs in by a code with PKCE. */
async function signIn(configuration, { browser = new Browser(), pushed = false, scope = "openid profile", ...options } = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const expected = { expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const parameters = {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: expected.expectedState,
    nonce: expected.expectedNonce,
    ...options.parameters,
  };
  const address = pushed
    ? await client.buildAuthorizationUrlWithPAR(configuration, parameters, options.dpop)
    : client.buildAuthorizationUrl(configuration, parameters);
  const checks = { ...expected, pkceCodeVerifier: verifier, idTokenExpected: true, ...options.checks };
  return client.authorizationCodeGrant(configuration, await browser.allow(address), checks, undefined, options.dpop);
}

const app = await registerApp();
const configuration = await flow("discovery", () => discover(app));
const browser = new Browser();

const tokens = await flow("authorization code + PKCE", () => signIn(configuration, { browser }));

await flow("ID token ES256", async () => {
  const { aud, sub, sid } = tokens.claims();
  expect(aud === app.client_id && sub && sid, "aud, sub and sid");
});

for (const algorithm of ["RS256", "EdDSA"]) {
  await flow(`ID token ${algorithm}`, async () => {
    const other = await registerApp({ id_token_signed_response_alg: algorithm });
    const issued = await signIn(await discover(other, undefined, { id_token_signed_response_alg: algorithm }));
    expect(issued.claims().aud === other.client_id, "aud");
  });
}

await flow("max_age and auth_time", async () => {
  const issued = await signIn(configuration, { browser, parameters: { max_age: "1000" }, checks: { maxAge: 1000 } });
  expect(issued.claims().auth_time > 0, "auth_time");
});

await flow("userinfo", async () => {
  const person = await client.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
  expect(person.preferred_username === "john.doe", `john.doe, not ${JSON.stringify(person)}`);
});

const refreshed = await flow("refresh", async () => {
  const issued = await client.refreshTokenGrant(configuration, tokens.refresh_token);
  expect(issued.claims().sub === tokens.claims().sub, "the same person");
  return issued;
});

await flow("refusal by the person", async () => {
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri, scope: "openid", state, prompt: "consent",
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: "S256",
  });
  const { url } = await browser.press(await browser.go(address), "deny");
  await refused(client.authorizationCodeGrant(configuration, url, { expectedState: state }), "access_denied");
});

await flow("prompt=none without a person", async () => {
  await refused(signIn(configuration, { parameters: { prompt: "none" } }), "login_required");
});

const service = { grant_types: ["client_credentials"], scope: "api" };
for (const [name, method] of [["client_secret_basic", client.ClientSecretBasic], ["client_secret_post", client.ClientSecretPost]]) {
  await flow(`client credentials, ${name}`, async () => {
    const registered = await register({ ...service, token_endpoint_auth_method: name });
    const issued = await client.clientCredentialsGrant(await discover(registered, method(registered.client_secret)));
    expect(issued.access_token && issued.scope === "api", "a token");
  });
}

for (const [alg, curve] of [["ES256", { name: "ECDSA", namedCurve: "P-256" }], ["Ed25519", { name: "Ed25519" }],
  ["RS256", { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }]]) {
  await flow(`client credentials, private_key_jwt ${alg}`, async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
    const { key_ops, ext, alg: _, ...key } = await crypto.subtle.exportKey("jwk", publicKey);
    const jwks = { keys: [{ ...key, kid: "one", use: "sig" }] };
    const registered = await register({ ...service, token_endpoint_auth_method: "private_key_jwt", jwks });
    const authentication = client.PrivateKeyJwt({ key: privateKey, kid: "one" });
    const issued = await client.clientCredentialsGrant(await discover(registered, authentication));
    expect(issued.access_token, "a token");
  });
}

await flow("pushed authorization request", async () => {
  const strict = await registerApp({ require_pushed_authorization_requests: true });
  await signIn(await discover(strict), { pushed: true });
});

await flow("DPoP: code, userinfo, plane, refresh", async () => {
  const bound = await registerApp({ dpop_bound_access_tokens: true, token_endpoint_auth_method: "none" });
  const configuration = await discover(bound, client.None());
  const keys = await client.randomDPoPKeyPair("ES256");
  const dpop = { DPoP: client.getDPoPHandle(configuration, keys) };
  const issued = await signIn(configuration, { dpop, pushed: true, scope: "openid api" });
  expect(issued.token_type === "dpop", "a bound token");
  await client.fetchUserInfo(configuration, issued.access_token, issued.claims().sub, dpop);
  const me = new URL(`${issuer}/users/me`);
  const answer = await client.fetchProtectedResource(configuration, issued.access_token, me, "GET", undefined, undefined, dpop);
  expect(answer.status === 200, "the plane");
  const next = await client.refreshTokenGrant(configuration, issued.refresh_token, undefined, dpop);
  expect(next.token_type === "dpop", "a bound token");
});

await flow("device", async () => {
  const television = await register({
    grant_types: [deviceGrant, "refresh_token"], token_endpoint_auth_method: "none", scope: "openid profile",
  });
  const configuration = await discover(television, client.None());
  const begun = await client.initiateDeviceAuthorization(configuration, { scope: "openid profile" });
  const person = new Browser();
  const page = await person.signIn(await person.go(begun.verification_uri_complete));
  await person.press(page, "allow");
  const issued = await client.pollDeviceAuthorizationGrant(configuration, { ...begun, interval: 1 });
  expect(issued.claims().aud === television.client_id, "an ID token");
});

await flow("introspection", async () => {
  const told = await client.tokenIntrospection(configuration, refreshed.access_token);
  expect(told.active && told.client_id === app.client_id, `an active token, not ${JSON.stringify(told)}`);
});

await flow("revocation", async () => {
  await client.tokenRevocation(configuration, refreshed.refresh_token);
  const told = await client.tokenIntrospection(configuration, refreshed.access_token);
  expect(told.active === false, "the end of the access token, too");
});

await flow("RP-initiated logout", async () => {
  const issued = await signIn(configuration, { browser });
  const parameters = { id_token_hint: issued.id_token, post_logout_redirect_uri: afterLogout, state: "bye" };
  const { url } = await browser.go(client.buildEndSessionUrl(configuration, parameters));
  expect(url.href === `${afterLogout}?state=bye`, `${afterLogout}, not ${url}`);
  await refused(signIn(configuration, { browser, parameters: { prompt: "none" } }), "login_required");
});

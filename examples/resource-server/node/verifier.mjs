// Verifies access tokens of one Tokengrid issuer without asking it: by its key set, and by the feed of what it revoked.
// A revoked token is refused at most 60 seconds later: no document is believed for longer, and without one that holds
// every token is refused. The format: docs/api/revocations.md.

import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'];
const SKEW = 60;

export class Verifier {
  #issuer; #audience; #keys; #feed; #known = null;

  constructor(issuer, audience, keys, feed) {
    this.#issuer = issuer; this.#audience = audience; this.#keys = keys; this.#feed = feed;
  }

  // Reads the issuer's metadata (RFC 8414), which must be its own.
  static async discover(issuer, audience) {
    const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
    const said = await answer.json();
    if (said.issuer !== issuer) throw new Error("the metadata is another issuer's");
    return new Verifier(issuer, audience, createRemoteJWKSet(new URL(said.jwks_uri)), said.revocation_feed_uri);
  }

  // Fetches what is new in the feed; to be called every 15 seconds.
  async follow() {
    const url = new URL(this.#feed);
    if (this.#known) url.searchParams.set('since', this.#known.next);
    const answer = await fetch(url, { headers: { accept: 'application/revocations+jwt' } });
    if (!answer.ok) throw new Error(`the feed answers ${answer.status}`);
    await this.take(await answer.text());
  }

  // Takes a signed document; what was known before stays when it does not hold. Its `exp` is checked by the library.
  async take(text, now = new Date()) {
    const { payload: said } = await jwtVerify(text, this.#keys, {
      issuer: this.#issuer, typ: 'revocations+jwt', algorithms: ALGORITHMS, currentDate: now, requiredClaims: ['iat', 'exp'],
    });
    if (this.#known && said.iat < this.#known.iat) return; // from a cache on the way
    if (said.since === undefined) this.#known = { tokens: new Map(), principals: new Map(), spared: new Map(), tenant: null };
    else if (said.since !== this.#known?.next) throw new Error('a delta to something else');
    for (const ended of said.revocations) {
      const mark = { until: ended.until ?? Infinity, exp: ended.exp };
      if (ended.token) raise(this.#known.tokens, ended.token, mark);
      else if (ended.principal) raise(this.#known.principals, ended.principal, mark);
      else if (ended.spared) raise(this.#known.spared, ended.spared, mark);
      else if (ended.tenant) this.#known.tenant = higher(this.#known.tenant, mark);
    }
    const seconds = now.getTime() / 1000;
    for (const marks of [this.#known.tokens, this.#known.principals, this.#known.spared]) {
      for (const [name, mark] of marks) if (mark.exp <= seconds) marks.delete(name);
    }
    Object.assign(this.#known, { iat: said.iat, exp: said.exp, next: said.next });
  }

  // The claims of a token that holds; throws for any other.
  async verify(token, now = new Date()) {
    const seconds = now.getTime() / 1000;
    if (!this.#known || this.#known.exp <= seconds) throw new Error('stale: nobody knows what was revoked');
    const { payload: claims } = await jwtVerify(token, this.#keys, {
      issuer: this.#issuer, audience: this.#audience, typ: 'at+jwt', algorithms: ALGORITHMS, currentDate: now,
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
    });
    if (claims.iat > seconds + SKEW) throw new Error('not yet valid');
    // It holds only while whoever took it out does, which only the issuer knows.
    if (claims.lender !== undefined) throw new Error('lent');
    if (this.#covers(claims)) throw new Error('revoked');
    return claims;
  }

  #covers(claims) {
    const names = [claims.jti, claims.sid].filter(Boolean).map(nameOf);
    if (names.some((name) => this.#known.tokens.has(name))) return true;
    // The first 48 bits of a UUIDv7 are UTC milliseconds (RFC 9562, section 5.7).
    const issued = parseInt(claims.jti.replaceAll('-', '').slice(0, 12), 16);
    const spared = Math.max(-Infinity, ...names.map((name) => this.#known.spared.get(name)?.until ?? -Infinity));
    // With a client ends what it was given for others, too.
    if (issued <= (this.#known.principals.get(nameOf(holderOf(claims.client_id)))?.until ?? -Infinity)) return true;
    const holder = this.#known.principals.get(nameOf(holderOf(claims.sub)));
    if (holder && issued <= holder.until && spared < holder.until) return true;
    return this.#known.tenant !== null && issued <= this.#known.tenant.until;
  }
}

const higher = (known, told) =>
  known ? { until: Math.max(known.until, told.until), exp: Math.max(known.exp, told.exp) } : told;

const raise = (marks, name, told) => marks.set(name, higher(marks.get(name), told));

// The feed names an id by the first 16 bytes of its SHA-256 digest.
const nameOf = (id) => createHash('sha256').update(id).digest().subarray(0, 16).toString('base64url');

// The UUID behind a `sub` or `client_id`: people have it in clear, clients in base64url behind four letters.
function holderOf(sub) {
  if (sub.length === 36) return sub;
  const hex = Buffer.from(sub.slice(4), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

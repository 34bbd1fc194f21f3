"""Verifies access tokens of one Tokengrid issuer without asking it: by its key set, and by the feed of what it revoked.

A revoked token is refused at most 60 seconds later: no document is believed for longer, and without one that holds every
token is refused. The format: docs/api/revocations.md.
"""

import base64
import hashlib
import json
import time
import urllib.parse
import urllib.request
import uuid

import jwt

ALGORITHMS = ["ES256", "EdDSA", "RS256"]
SKEW = 60


class Refused(Exception):
    """A token or a document that does not hold."""


class Verifier:
    """Verifies the tokens of one issuer for one audience."""

    def __init__(self, issuer: str, audience: str):
        said = json.loads(_fetch(f"{issuer}/.well-known/oauth-authorization-server", "application/json"))
        if said["issuer"] != issuer:
            raise Refused("the metadata is another issuer's")
        self.issuer, self.audience, self.feed = issuer, audience, said["revocation_feed_uri"]
        # Keeps the key set for five minutes, and looks again for a key that it does not know.
        self.keys = jwt.PyJWKClient(said["jwks_uri"], cache_keys=False, lifespan=300)
        self.known = None

    def follow(self) -> None:
        """Fetches what is new in the feed; to be called every 15 seconds."""
        query = "?" + urllib.parse.urlencode({"since": self.known["next"]}) if self.known else ""
        self.take(_fetch(self.feed + query, "application/revocations+jwt"))

    def take(self, text: str, now: float | None = None) -> None:
        """Takes a signed document; what was known before stays when it does not hold."""
        now = time.time() if now is None else now
        said = self._signed(text, "revocations+jwt", now)
        known = self.known
        if known and said["iat"] < known["iat"]:
            return  # from a cache on the way
        if "since" not in said:
            known = {"token": {}, "principal": {}, "spared": {}, "tenant": {}}
        elif not known or said["since"] != known["next"]:
            raise Refused("a delta to something else")
        for ended in said["revocations"]:
            kind = next(kind for kind in ("token", "principal", "spared", "tenant") if kind in ended)
            until, exp = known[kind].get(ended[kind], (0, 0))
            known[kind][ended[kind]] = max(until, ended.get("until", 1 << 62)), max(exp, ended["exp"])
        for kind in ("token", "principal", "spared", "tenant"):
            known[kind] = {name: mark for name, mark in known[kind].items() if mark[1] > now}
        known.update(iat=said["iat"], exp=said["exp"], next=said["next"])
        self.known = known

    def verify(self, token: str, now: float | None = None) -> dict:
        """The claims of a token that holds; raises `Refused` for any other."""
        now = time.time() if now is None else now
        if not self.known or self.known["exp"] <= now:
            raise Refused("stale: nobody knows what was revoked")
        claims = self._signed(token, "at+jwt", now)
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self.audience not in audience:
            raise Refused("for another audience")
        if claims["iat"] > now + SKEW or claims.get("nbf", 0) > now + SKEW:
            raise Refused("not yet valid")
        if "lender" in claims:
            # It holds only while whoever took it out does, which only the issuer knows.
            raise Refused("lent")
        if self._covers(claims):
            raise Refused("revoked")
        return claims

    def _signed(self, text: str, typ: str, now: float) -> dict:
        try:
            header = jwt.get_unverified_header(text)
            if header.get("typ") != typ or header["alg"] not in ALGORITHMS:
                raise Refused("of another type")
            key = self.keys.get_signing_key(header["kid"])
            # The key says by what it signs. Times are checked here, by the clock that was handed in.
            times = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
            claims = jwt.decode(text, key.key, algorithms=[key.algorithm_name], issuer=self.issuer, options=times)
        except (jwt.PyJWTError, KeyError) as cause:
            raise Refused(str(cause)) from cause
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= now:
            raise Refused("expired")
        return claims

    def _covers(self, claims: dict) -> bool:
        names = [_name(claims[claim]) for claim in ("jti", "sid") if claims.get(claim)]
        if any(name in self.known["token"] for name in names):
            return True
        # The first 48 bits of a UUIDv7 are UTC milliseconds (RFC 9562, section 5.7).
        issued = int(claims["jti"].replace("-", "")[:12], 16)
        spared = max((self.known["spared"][name][0] for name in names if name in self.known["spared"]), default=-1)
        principals = self.known["principal"]
        # With a client ends what it was given for others, too.
        if issued <= principals.get(_name(_holder(claims["client_id"])), (-1, 0))[0]:
            return True
        until, _ = principals.get(_name(_holder(claims["sub"])), (-1, 0))
        if issued <= until and spared < until:
            return True
        return issued <= self.known["tenant"].get(True, (-1, 0))[0]


def _fetch(url: str, accept: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"accept": accept}), timeout=10) as answer:
        return answer.read().decode()


def _name(identifier: str) -> str:
    """The feed names an id by the first 16 bytes of its SHA-256 digest."""
    return base64.urlsafe_b64encode(hashlib.sha256(identifier.encode()).digest()[:16]).decode().rstrip("=")


def _holder(sub: str) -> str:
    """The UUID behind a `sub` or `client_id`: people have it in clear, clients in base64url behind four letters."""
    try:
        return sub if len(sub) == 36 else str(uuid.UUID(bytes=base64.urlsafe_b64decode(sub[4:] + "==")))
    except ValueError:
        return sub

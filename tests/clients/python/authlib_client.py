"""Authlib's OAuth2Session. It knows no DPoP; a request is pushed by the plain HTTP client that it stands on."""

import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the demonstration speaks plain HTTP on the loopback interface

import time
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt

from demo import AFTER_LOGOUT, ISSUER, REDIRECT, Browser, flow as run, register, register_app

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def flow(name):
    return run("Authlib", name)


@flow("discovery")
def server():
    found = requests.get(f"{ISSUER}/.well-known/openid-configuration").json()
    assert found["issuer"] == ISSUER
    return found


def session_of(client, **options):
    method = client["token_endpoint_auth_method"]
    return OAuth2Session(
        client["client_id"], client.get("client_secret"), token_endpoint_auth_method=method,
        redirect_uri=REDIRECT, scope="openid profile api", code_challenge_method="S256", **options,
    )


def sign_in(session, browser, **parameters):
    """A person signs in by a code with PKCE."""
    verifier, nonce = generate_token(48), generate_token(20)
    address, state = session.create_authorization_url(
        server["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **parameters
    )
    back = browser.allow(address)
    issued = session.fetch_token(
        server["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    return issued, nonce


def told(client, issued, nonce):
    """The claims of an ID token, with its signature and all of its rules checked."""
    keys = jwk.KeySet.import_key_set(requests.get(server["jwks_uri"]).json())
    read = jwt.decode(issued["id_token"], keys, algorithms=[client["id_token_signed_response_alg"]])
    rules = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": client["client_id"]}}
    claims = CodeIDToken(read.claims, read.header, rules, {"nonce": nonce, "client_id": client["client_id"]})
    claims.validate(leeway=10)
    return claims


app = register_app()
session = session_of(app)
browser = Browser()


@flow("authorization code + PKCE")
def first():
    return sign_in(session, browser)


@flow("ID token ES256")
def claims():
    return told(app, *first)


for algorithm in ["RS256", "EdDSA"]:

    @flow(f"ID token {algorithm}")
    def _():
        other = register_app(id_token_signed_response_alg=algorithm)
        told(other, *sign_in(session_of(other), browser))


@flow("userinfo")
def _():
    person = session.get(server["userinfo_endpoint"]).json()
    assert (person["sub"], person["preferred_username"]) == (claims["sub"], "john.doe"), person


@flow("refresh")
def refreshed():
    issued = session.refresh_token(server["token_endpoint"])
    assert issued["access_token"] != first[0]["access_token"]
    return dict(issued)


@flow("refusal by the person")
def _():
    address, state = session.create_authorization_url(
        server["authorization_endpoint"], code_verifier=generate_token(48), prompt="consent"
    )
    back = browser.press(browser.go(address), "deny")
    # The library asks the token endpoint without a look at the error.
    said = parse_qs(urlsplit(back).query)
    assert (said["error"], said["state"], said["iss"]) == (["access_denied"], [state], [ISSUER]), back


for method in ["client_secret_basic", "client_secret_post"]:

    @flow(f"client credentials, {method}")
    def _():
        service = register(grant_types=["client_credentials"], scope="api", token_endpoint_auth_method=method)
        own = OAuth2Session(service["client_id"], service["client_secret"], token_endpoint_auth_method=method)
        assert own.fetch_token(server["token_endpoint"], grant_type="client_credentials")["scope"] == "api"


class ShortProof(PrivateKeyJWT):
    """For the issuer and for a minute; the library would name the token endpoint, and an hour."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 60}
        return super().sign(auth, ISSUER)


for algorithm, key in [
    ("ES256", jwk.ECKey.generate_key("P-256")),
    ("RS256", jwk.RSAKey.generate_key(2048)),
    ("EdDSA", jwk.OKPKey.generate_key("Ed25519")),
    ("Ed25519", jwk.OKPKey.generate_key("Ed25519")),
]:

    @flow(f"client credentials, private_key_jwt {algorithm}")
    def _():
        service = register(
            grant_types=["client_credentials"], scope="api", token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [key.as_dict(private=False)]},
        )
        own = OAuth2Session(service["client_id"], key, token_endpoint_auth_method="private_key_jwt")
        own.register_client_auth_method(ShortProof(alg=algorithm))
        assert own.fetch_token(server["token_endpoint"], grant_type="client_credentials")["scope"] == "api"


@flow("pushed authorization request")
def _():
    pair = (app["client_id"], app["client_secret"])
    verifier = generate_token(48)
    address, state = session.create_authorization_url("", code_verifier=verifier)
    answer = requests.post(server["pushed_authorization_request_endpoint"], data=address.lstrip("?"), auth=pair,
                           headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 201, answer.text
    query = requests.models.PreparedRequest()
    query.prepare_url(server["authorization_endpoint"],
                      {"client_id": app["client_id"], "request_uri": answer.json()["request_uri"]})
    session_of(app).fetch_token(server["token_endpoint"], authorization_response=browser.allow(query.url),
                                state=state, code_verifier=verifier)


@flow("device")
def _():
    television = register(grant_types=[DEVICE], token_endpoint_auth_method="none", scope="openid profile")
    name = {"client_id": television["client_id"]}
    begun = requests.post(server["device_authorization_endpoint"], data={**name, "scope": "openid"}).json()
    page = browser.go(begun["verification_uri_complete"])
    browser.press(page, "allow")
    own = OAuth2Session(television["client_id"], token_endpoint_auth_method="none")
    issued = own.fetch_token(server["token_endpoint"], grant_type=DEVICE, device_code=begun["device_code"])
    told(television, issued, None)


@flow("introspection")
def _():
    answer = session.introspect_token(server["introspection_endpoint"], token=refreshed["access_token"])
    assert answer.json()["active"], answer.text


@flow("revocation")
def _():
    answer = session.revoke_token(server["revocation_endpoint"], token=refreshed["refresh_token"])
    assert answer.status_code == 200, answer.text
    answer = session.introspect_token(server["introspection_endpoint"], token=refreshed["access_token"])
    assert not answer.json()["active"], answer.text


@flow("RP-initiated logout")
def _():
    issued, _ = sign_in(session_of(app), browser)
    query = requests.models.PreparedRequest()
    query.prepare_url(server["end_session_endpoint"], {
        "id_token_hint": issued["id_token"], "post_logout_redirect_uri": AFTER_LOGOUT, "state": "bye",
    })
    assert browser.go(query.url) == f"{AFTER_LOGOUT}?state=bye"

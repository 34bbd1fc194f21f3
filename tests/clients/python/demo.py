"""What a script needs of the demonstration: its addresses, clients, and a browser with a person before it."""

import html
import os
import re
import sys
import traceback
from urllib.parse import urljoin

import requests

BASE = os.environ["TOKENGRID_BASE"]
ISSUER = f"{BASE}/my-org/my-app"
REDIRECT = "https://app.example/cb"
AFTER_LOGOUT = "https://app.example/bye"


def flow(library, name):
    """Runs the function below it at once and prints a line of the table; the first that fails ends the run."""

    def run(body):
        try:
            shown = body()
        except Exception:
            print(f"{library}\t{name}\tFAILED", flush=True)
            traceback.print_exc()
            sys.exit(1)
        print(f"{library}\t{name}\tworks", flush=True)
        return shown

    return run


def register(**metadata):
    """Registers a client by the word of the demonstration's admin."""
    password = {"grant_type": "password", "username": "testadmin", "password": "testadminpw"}
    admin = requests.post(f"{BASE}/management/token", data=password).json()["access_token"]
    answer = requests.post(
        f"{BASE}/management/orgs/my-org/apps/my-app/clients",
        headers={"Authorization": f"Bearer {admin}"},
        json={"client_name": "The client", **metadata},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["entities"][0]


def register_app(**metadata):
    """A client that signs people in."""
    usual = {
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [REDIRECT],
        "post_logout_redirect_uris": [AFTER_LOGOUT],
        "scope": "openid profile email api offline_access",
    }
    return register(**{**usual, **metadata})


class Browser:
    """Keeps cookies, follows redirects, fills in forms, and stops where it would leave the server."""

    def __init__(self):
        self.session = requests.Session()

    def go(self, url, form=None):
        """The page, or the address elsewhere to which the browser is sent."""
        headers = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"} if form else {}
        page = self.session.request("POST" if form else "GET", url, data=form, headers=headers, allow_redirects=False)
        if not page.is_redirect:
            return page
        target = urljoin(url, page.headers["Location"])
        return self.go(target) if target.startswith(f"{BASE}/") else target

    def press(self, page, button, **typed):
        """Presses a button of a page, with what the person typed."""
        forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.text, re.S)
        action, inner = next(form for form in forms if f'value="{button}"' in form[1])
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inner)
        fields = {name: html.unescape(value) for name, value in hidden}
        return self.go(urljoin(page.url, action), {**fields, **typed, "action": button})

    def sign_in(self, page):
        return self.press(page, "signin", username="john.doe", password="testpw")

    def allow(self, url):
        """Signs in, allows what is asked, and answers where the browser is sent."""
        page = self.go(url)
        if not isinstance(page, str) and 'value="signin"' in page.text:
            page = self.sign_in(page)
        if not isinstance(page, str) and 'value="allow"' in page.text:
            page = self.press(page, "allow")
        assert isinstance(page, str), page.text
        return page

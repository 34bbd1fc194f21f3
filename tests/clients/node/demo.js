// What every script needs of the demonstration: its addresses, clients, and a browser with a person before it.

export const base = process.env.TOKENGRID_BASE;
export const issuer = `${base}/my-org/my-app`;
export const redirectUri = "https://app.example/cb";
export const afterLogout = "https://app.example/bye";
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** Runs one flow and prints a line of the table; the first that fails ends the run. */
export async function flow(library, name, run) {
  try {
    const shown = await run();
    console.log(`${library}\t${name}\tworks`);
    return shown;
  } catch (cause) {
    console.log(`${library}\t${name}\tFAILED`);
    console.error(cause, cause?.cause ?? "");
    process.exit(1);
  }
}

export function expect(holds, what) {
  if (!holds) throw new Error(`expected: ${what}`);
}

/** Whether an error of a library is this one of the server's. */
export async function refused(promise, error) {
  const cause = await promise.then(() => undefined, (cause) => cause);
  expect(cause?.error === error, `${error}, not ${cause?.error ?? cause}`);
}

let admin;

/** Registers a client by the word of the demonstration's admin. */
export async function register(metadata) {
  admin ??= await fetch(`${base}/management/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "password", username: "testadmin", password: "testadminpw" }),
  }).then(async (answer) => (await answer.json()).access_token);
  const answer = await fetch(`${base}/management/orgs/my-org/apps/my-app/clients`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({ client_name: "The client", ...metadata }),
  });
  const body = await answer.json();
  expect(answer.status === 200, `a client, not ${JSON.stringify(body)}`);
  return body.entities[0];
}

/** A client that signs people in. */
export function registerApp(metadata = {}) {
  return register({
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [afterLogout],
    scope: "openid profile email api offline_access",
    ...metadata,
  });
}

/** Keeps cookies, follows redirects, fills in forms, and stops where it would leave the server. */
export class Browser {
  #cookies = new Map();

  /** Goes to an address, and answers a page or the address to which it is sent. */
  async go(address, body) {
    let url = new URL(address);
    let answer;
    for (;;) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { cookie, accept: "text/html", ...(body && { origin: base, "sec-fetch-site": "same-origin" }) };
      answer = await fetch(url, { method: body ? "POST" : "GET", body, headers, redirect: "manual" });
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (value && !/max-age=0/i.test(line)) this.#cookies.set(name, value);
        else this.#cookies.delete(name);
      }
      if (answer.status < 300 || answer.status >= 400) break;
      url = new URL(answer.headers.get("location"), url);
      if (url.origin !== base) return { url };
      body = undefined;
    }
    return { url, status: answer.status, text: await answer.text() };
  }

  /** Presses a button of a page, with what the person typed. */
  async press(page, button, typed = {}) {
    const forms = [...page.text.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([^]*?)<\/form>/g)];
    const form = forms.find(([, , inner]) => inner.includes(`value="${button}"`));
    expect(form, `a button ${button} at ${page.url} (${page.status}):\n${page.text}`);
    const body = new URLSearchParams(typed);
    for (const [, name, value] of form[2].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
      body.set(name, value);
    }
    body.set("action", button);
    return this.go(new URL(form[1], page.url), body);
  }

  signIn(page) {
    return this.press(page, "signin", { username: "john.doe", password: "testpw" });
  }

  /** Signs in, allows what is asked, and answers where the browser is sent. */
  async allow(address) {
    let page = await this.go(address);
    if (page.text?.includes('value="signin"')) page = await this.signIn(page);
    if (page.text?.includes('value="allow"')) page = await this.press(page, "allow");
    expect(page.text === undefined, `a way back to the client, not ${page.status} ${page.url}\n${page.text}`);
    return page.url;
  }
}
